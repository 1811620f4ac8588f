// Everything of the store on SQLite, which is no part of glossa.hpp: link glossa::store.
#pragma once

#include <glossa/store/document_store.hpp>
#include <glossa/store/embedded_vector_store.hpp>
#include <glossa/store/filter_match.hpp>
#include <glossa/store/filter_text.hpp>
#include <glossa/store/folder_sync.hpp>
#include <glossa/store/prompt_context.hpp>
