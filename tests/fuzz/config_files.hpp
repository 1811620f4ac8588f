// The configuration files of a model folder, in the order in which an input of model_config_fuzz.cpp has them.
#pragma once

namespace fuzz {

inline const char* const kConfigFiles[] = {"config.json",
                                           "modules.json",
                                           "1_Pooling/config.json",
                                           "sentence_bert_config.json",
                                           "tokenizer_config.json",
                                           "config_sentence_transformers.json",
                                           "README.md"};

}  // namespace fuzz
