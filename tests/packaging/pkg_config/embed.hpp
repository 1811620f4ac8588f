// A model folder and a text come in; the vector goes out, computed by code for one instruction set.
#pragma once

#include <string>
#include <vector>

/// Compiled for the oldest CPUs of the architecture.
std::vector<float> embed_baseline(const std::string& folder, const std::string& text);

/// Compiled for newer ones, with wider registers.
std::vector<float> embed_wide(const std::string& folder, const std::string& text);
