// The interface of a shared library that uses glossa inside and does not show it.
#pragma once

#include <string>
#include <vector>

#if defined(_WIN32)
#define TOPIC_API
#else
#define TOPIC_API __attribute__((visibility("default")))
#endif

/// The vector of a topic's name.
TOPIC_API std::vector<float> topic_vector(const std::string& folder, const std::string& name);
