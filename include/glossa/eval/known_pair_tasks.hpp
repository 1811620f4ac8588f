// The tasks of MTEB that have pairs of texts, and those of summaries.
#pragma once

#include <glossa/eval/known_task.hpp>

namespace glossa::detail {

inline constexpr KnownTask kBitextTasks[] = {
    {"BUCC.v2", "", "1739dc11ffe9b7bfccd7f3d585aeb4c544fc6677", "bucc"},
    {"BibleNLPBitextMining", "", "94c4293ca75c04b908c6b8e30d15788fe20fb409", "biblenlp", {.split = "train"}},
    {"FloresBitextMining", "", "2144d16cc15edd22d4a9237d12bff5f31f5c07fc", "flores", {.split = "devtest"}},
    {"NTREXBitextMining", "", "66b8b27efc99658903127730575e9fa0cb9f075c", "ntrex"},
    {"Tatoeba", "", "69e8f12da6e31d59addadda9a9c8a2e601a0e282", "tatoeba"},
    {"BornholmBitextMining", "dan-Latn", "5b02048bd75e79275aa91a1fce6cdfd3f4a391cb", "bornholm"},
    {"DiaBlaBitextMining", "", "c458e9bf4306d6380604462926a38c34861b4d3b", "diabla"},
    {"IN22GenBitextMining", "", "aed6ff7eed647cd6eead02f70efa23a4e67329dc", "in22gen"},
    {"IndicGenBenchFloresBitextMining", "", "07dcc23c08a2540ba37ebe1e487da9dc497cc15c", "indicgenbench-flores"},
    {"NollySentiBitextMining", "", "77d807ea44797c4663a3e0aca353d630c62d85cf", "nollysenti", {.split = "train"}},
    {"NorwegianCourtsBitextMining", "nob-Latn nno-Latn", "ddf68e49e8d393964288ad5b498f1d61cca7b23f", "norwegiancourts"},
    {"NusaTranslationBitextMining",
     "",
     "d08eca02c75a0b2ea9bfaaed1e42b7679588fa59",
     "nusatranslation",
     {.split = "train"}},
    {"NusaXBitextMining", "", "6db681bd37d6827f8d132590429ce33a2af4c96e", "nusax", {.split = "train"}},
};

inline constexpr KnownTask kPairClassificationTasks[] = {
    {"FarsTail", "fas-Arab", "0fa0863dc160869b5a2d78803b4440ea3c671ff5", "farstail"},
    {"PawsXPairClassification", "", "558da352e7dba3ed3229fc4922aef2ebaff0a90b", "pawsx"},
    {"SprintDuplicateQuestions", "eng-Latn", "d66bd1f72af766a5cc4b0ca5e00c162f89e8cc46", "sprint"},
    {"TwitterSemEval2015", "eng-Latn", "70970daeab8776df92f5ea462b6173c0b46fd2d1", "twittersemeval2015"},
    {"TwitterURLCorpus", "eng-Latn", "8b6510b0b1fa4e4c4f879467980e9be563ec1cdf", "twitterurlcorpus"},
    {"XNLI", "", "09698e0180d87dc247ca447d3a1248b931ac0cdb", "xnli", {.draws_data = true}},
    {"indonli", "ind-Latn", "cb76e5ca05b56d4f1e0ecaee4d03c1167f162ea6", "indonli", {.split = "test_expert"}},
    {"ArmenianParaphrasePC", "hye-Armn", "594f25dfef459cbfa30fc1765a6fb2053244f85b", "armenianparaphrase"},
    {"CTKFactsNLI", "ces-Latn", "da834e176f18e4a4adc4cbc9ad9720c14168a4bb", "ctkfactsnli"},
    {"OpusparcusPC", "", "e95831b0fa902edc955f3b60e3e63b349bb7bd02", "opusparcus", {.split = "test.full"}},
    {"PpcPC", "pol-Latn", "e7f83d7d05792c2c57c8708a102e4ea785b9c301", "ppc"},
    {"RTE3", "", "54ea0052267265f4906dd77b0a3d041d301a5ee6", "rte3"},
    {"TERRa", "rus-Cyrl", "48312c334eb916d88481dc4a41bd0d8b2fa0d576", "terra", {.split = "dev"}},
};

inline constexpr KnownTask kStsTasks[] = {
    {"BIOSSES", "eng-Latn", "d3fb88f8f02e40887cd149695127462bbcf29b4a", "biosses"},
    {"SICK-R", "eng-Latn", "20a6d6f312dd54037fe07a32d58e5e168867909d", "sick-r"},
    {"STS12", "eng-Latn", "a0d554a64d88156834ff5ae9920b964011b16384", "sts12"},
    {"STS13", "eng-Latn", "7e90230a92c190f1bf69ae9002b8cea547a64cca", "sts13"},
    {"STS14", "eng-Latn", "6031580fec1f6af667f0bd2da0a551cf4f0b2375", "sts14"},
    {"STS15", "eng-Latn", "ae752c7c21bf194d8b67fd573edf7ae58183cbe3", "sts15"},
    {"STS16", "eng-Latn", "4d8694f8f0e0100860b497b999b3dbed754a0513", "sts16"},
    {"STS17", "", "faeb762787bd10488a50c8b5be4a3b82e411949c", "sts17"},
    {"STS22", "", "de9d86b3b84231dc21f76c7b7af1f28e2f57f6e3", "sts22"},
    {"STS22.v2", "", "d31f33a128469b20e357535c39b82fb3c3f6f2bd", "sts22-v2"},
    {"STSBenchmark", "eng-Latn", "b0fddb56ed78048fa8b90373c8a3cfc37b684831", "stsb"},
    {"STSBenchmarkMultilingualSTS", "", "29afa2569dcedaaa2fe6a3dcfebab33d28b82e8c", "stsb"},
    {"FaroeseSTS", "fao-Latn", "06d4ff0e5366136f3bdce1307b7d220674c45a13", "faroese", {.split = "train"}},
    {"FinParaSTS", "fin-Latn", "16d3834e2eb7f9faedbae0cf25df4b0962c97e71", "finpara"},
    {"GermanSTSBenchmark", "deu-Latn", "75829b73cccb64bf86a9f098cbc780d37b786091", "german-stsb"},
    {"IndicCrosslingualSTS", "", "f0366eb5a20087355c0e131162bbed943ba54b51", "indiccrosslingual"},
    {"JSICK", "jpn-Jpan", "729cfe4a16d3c2b61c6aa9f9f6c8a96bb5512868", "jsick"},
    {"STSB", "cmn-Hans", "e036defee8f190911de6fc825a944b928c8cda53", "cmteb-stsb"},
    {"STSES", "spa-Latn", "fe7158e70012087b5a692ce175226a0d213936ad", "stses"},
    {"SemRel24STS", "", "f5146bf724c55899ca20502851dc98c5405b67f9", "semrel24"},
};

inline constexpr KnownTask kSummarizationTasks[] = {
    {"SummEval", "eng-Latn", "cda12ad7615edc362dbf25a00fdd61d3b1eaf93c", "summeval", {.averages_p_values = true}},
    {"SummEvalFr", "fra-Latn", "b385812de6a9577b6f4d0f88c6a6e35395a94054", "summeval-fr", {.averages_p_values = true}},
    {"SummEvalSummarization.v2", "eng-Latn", "cda12ad7615edc362dbf25a00fdd61d3b1eaf93c", "summeval"},
};

}  // namespace glossa::detail
