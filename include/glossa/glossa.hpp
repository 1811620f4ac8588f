// Everything but the optional parts, in the order of the pipeline.
#pragma once

#include <glossa/cluster/duplicate_groups.hpp>
#include <glossa/cluster/duplicate_stream.hpp>
#include <glossa/cluster/mine_pairs.hpp>
#include <glossa/cluster/near_duplicates.hpp>
#include <glossa/cluster/text_key.hpp>
#include <glossa/cluster/translation_pairs.hpp>
#include <glossa/core/embeddings.hpp>
#include <glossa/core/error.hpp>
#include <glossa/core/executor.hpp>
#include <glossa/core/expected.hpp>
#include <glossa/embedder.hpp>
#include <glossa/search/any_index.hpp>
#include <glossa/search/flat_index.hpp>
#include <glossa/search/hnsw_index.hpp>
#include <glossa/search/index.hpp>
#include <glossa/search/ivf_index.hpp>
#include <glossa/search/metric.hpp>
#include <glossa/search/require_model.hpp>
#include <glossa/search/score_scale.hpp>
#include <glossa/search/similarity.hpp>
#include <glossa/search/top_k.hpp>
#include <glossa/text/compiled_vocabulary.hpp>
#include <glossa/text/tokenizer.hpp>
