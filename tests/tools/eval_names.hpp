// The names that the tests of glossa eval have in common, for files that are no headers.
#pragma once

#include "eval_data.hpp"

using test::check_complaint;
using test::check_quiet;
using test::contains;
using test::kStsb;
using test::lines_of;
using test::parse_json;
using test::results_of;
using test::row_of;
using test::Run;
using test::with_model;
using test::Workshop;
using test::write_data;
