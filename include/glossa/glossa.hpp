// Everything but the optional parts, in the order of the pipeline.
#pragma once

#include <glossa/cluster/cluster_keywords.hpp>
#include <glossa/cluster/cluster_run.hpp>
#include <glossa/cluster/cluster_summary.hpp>
#include <glossa/cluster/group_means.hpp>
#include <glossa/cluster/map.hpp>
#include <glossa/cluster/pca.hpp>
#include <glossa/cluster/points.hpp>
#include <glossa/cluster/tsne.hpp>
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
