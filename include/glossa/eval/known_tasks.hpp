// The tasks of MTEB that are known by name, and what multilingual-e5-small scores on some.
#pragma once

#include <glossa/eval/task_category.hpp>

#include <cstddef>
#include <span>
#include <string_view>

namespace glossa::detail {

/// What few tasks have.
struct KnownSettings {
  std::string_view split = "test";
  std::string_view metric = "";  ///< "": the category's
  std::size_t samples_per_label = 8;
  bool ignore_identical_ids = false;
  bool averages_p_values = false;
  std::size_t most_texts = 0;
  double text_share = 0;
};

/// What is taken over of a task of python mteb 2.26. Of those that mteb scores on several splits (AmazonCounterfactual,
/// MTOP and Massive on validation and test; SIB200Classification on train too) it is the one split, and what mteb draws
/// from a test set that is too large for it (ToxicConversations, XNLI, StackExchange.v2) has to be drawn already.
struct KnownTask {
  std::string_view name;
  std::string_view language;  ///< "": there are subsets in several
  std::string_view revision;  ///< of its data set
  std::string_view stem;      ///< what files of it are called, and of no other data of the category
  KnownSettings settings{};
  std::string_view short_stem = "";  ///< what they are called besides, where several go by it; "": nothing else
};

inline constexpr KnownTask kBitextTasks[] = {
    {"Tatoeba", "", "69e8f12da6e31d59addadda9a9c8a2e601a0e282", "tatoeba"},
    {"BUCC.v2", "", "1739dc11ffe9b7bfccd7f3d585aeb4c544fc6677", "bucc"},
    {"FloresBitextMining", "", "2144d16cc15edd22d4a9237d12bff5f31f5c07fc", "flores", {.split = "devtest"}},
    {"BibleNLPBitextMining", "", "94c4293ca75c04b908c6b8e30d15788fe20fb409", "biblenlp", {.split = "train"}},
    {"NTREXBitextMining", "", "66b8b27efc99658903127730575e9fa0cb9f075c", "ntrex"},
};

inline constexpr KnownTask kClassificationTasks[] = {
    {"Banking77Classification", "eng-Latn", "0fd18e25b25c072e09e0d92ab615fda904d66300", "banking77"},
    {"AmazonCounterfactualClassification",
     "",
     "1f7e6a9d6fa6e64c53d146e428565640410c0df1",
     "amazon-counterfactual",
     {.samples_per_label = 32}},
    {"AmazonPolarityClassification", "eng-Latn", "e2d317d38cd51312af73b3d32a06d1a08b442046", "amazonpolarity"},
    {"AmazonReviewsClassification", "", "6b5d328eaae8ef408dd7d775040245cf86f92e9d", "amazonreviews"},
    {"EmotionClassification",
     "eng-Latn",
     "4f58c6b202a23cf9a4da393831edf4f9183cad37",
     "emotion",
     {.samples_per_label = 16}},
    {"ImdbClassification", "eng-Latn", "3d86128a09e091d6018b6d26cad27f2739fc2db7", "imdb"},
    {"MTOPDomainClassification", "", "a76d16fae880597b9c73047b50159220a441cb54", "mtopdomain"},
    {"MTOPIntentClassification", "", "2992d820f31312593c49a4890430aadadb0f0039", "mtopintent"},
    {"MasakhaNEWSClassification", "", "18193f187b92da67168c655c9973a165ed9593dd", "masakhanews"},
    {"MassiveIntentClassification", "", "4672e20407010da34463acc759c162ca9734bca6", "massiveintent"},
    {"MassiveScenarioClassification", "", "fad2c6e8459f9e1c45d9315f4953d921437d70f8", "massivescenario"},
    {"SIB200Classification", "", "a74d7350ea12af010cfb1c21e34f1f81fd2e615b", "sib200"},
    {"ToxicConversationsClassification",
     "eng-Latn",
     "edfaf9da55d3dd50d43143d90c1ac476895ae6de",
     "toxicconversations",
     {.samples_per_label = 16}},
    {"TweetSentimentExtractionClassification",
     "eng-Latn",
     "d604517c81ca91fe16a244d1248fc021f9ecee7a",
     "tweetsentimentextraction",
     {.samples_per_label = 32}},
};

inline constexpr KnownTask kClusteringFastTasks[] = {
    {"SIB200ClusteringS2S", "", "a74d7350ea12af010cfb1c21e34f1f81fd2e615b", "sib200", {.most_texts = 1004}},
    {"StackExchangeClustering.v2", "eng-Latn", "6cbc1f7b2bc0622f2e39d2c77fa502909748c259", "stackexchange"},
    {"TwentyNewsgroupsClustering.v2",
     "eng-Latn",
     "6125ec4e24fa026cec8a478383ee943acfbd5449",
     "twentynewsgroups",
     {.text_share = 0.04}},
};

inline constexpr KnownTask kClusteringTasks[] = {
    {"ArxivClusteringP2P", "eng-Latn", "a122ad7f3f0291bf49cc6f4d32aa80929df69d5d", "arxiv-p2p"},
    {"ArxivClusteringS2S", "eng-Latn", "f910caf1a6075f7329cdf8c1a6135696f37dbd53", "arxiv-s2s", {}, "arxiv"},
    {"BiorxivClusteringP2P", "eng-Latn", "65b79d1d13f80053f67aca9498d9402c2d9f1f40", "biorxiv-p2p"},
    {"BiorxivClusteringS2S", "eng-Latn", "258694dd0231531bc1fd9de6ceb52a0853c6d908", "biorxiv-s2s", {}, "biorxiv"},
    {"MasakhaNEWSClusteringP2P", "", "be3f8610c052991db1e4f0209d91681f321e0dd8", "masakhanews-p2p"},
    {"MasakhaNEWSClusteringS2S", "", "5dddcb139010208a28c3dcc2568560061c210097", "masakhanews-s2s", {}, "masakhanews"},
    {"MedrxivClusteringP2P", "eng-Latn", "e7a26af6f3ae46b30dde8737f02c07b1505bcc73", "medrxiv-p2p"},
    {"MedrxivClusteringS2S", "eng-Latn", "35191c8c0dca72d8ff3efcd72aa802307d469663", "medrxiv-s2s", {}, "medrxiv"},
    {"RedditClustering", "eng-Latn", "24640382cdbf8abc73003fb0fa6d111a705499eb", "reddit"},
    {"RedditClusteringP2P", "eng-Latn", "385e3cb46b4cfa89021f56c4380204149d0efe33", "reddit-p2p"},
    {"StackExchangeClustering", "eng-Latn", "6cbc1f7b2bc0622f2e39d2c77fa502909748c259", "stackexchange"},
    {"StackExchangeClusteringP2P", "eng-Latn", "815ca46b2622cec33ccafc3735d572c266efdb44", "stackexchange-p2p"},
    {"TwentyNewsgroupsClustering", "eng-Latn", "6125ec4e24fa026cec8a478383ee943acfbd5449", "twentynewsgroups"},
};

inline constexpr KnownTask kPairClassificationTasks[] = {
    {"FarsTail", "fas-Arab", "0fa0863dc160869b5a2d78803b4440ea3c671ff5", "farstail"},
    {"PawsXPairClassification", "", "558da352e7dba3ed3229fc4922aef2ebaff0a90b", "pawsx"},
    {"SprintDuplicateQuestions", "eng-Latn", "d66bd1f72af766a5cc4b0ca5e00c162f89e8cc46", "sprint"},
    {"TwitterSemEval2015", "eng-Latn", "70970daeab8776df92f5ea462b6173c0b46fd2d1", "twittersemeval2015"},
    {"TwitterURLCorpus", "eng-Latn", "8b6510b0b1fa4e4c4f879467980e9be563ec1cdf", "twitterurlcorpus"},
    {"XNLI", "", "09698e0180d87dc247ca447d3a1248b931ac0cdb", "xnli"},
    {"indonli", "ind-Latn", "cb76e5ca05b56d4f1e0ecaee4d03c1167f162ea6", "indonli", {.split = "test_expert"}},
};

inline constexpr KnownTask kRerankingTasks[] = {
    {"AskUbuntuDupQuestions", "eng-Latn", "c5691e3c48741d5f83b5cc8e630653d7a8cfc048", "askubuntu"},
    {"MIRACLReranking",
     "",
     "d11a14c74e8bd448cedab0c1d9a720040535f228",
     "miracl",
     {.split = "dev", .metric = "ndcg_at_10"}},
    {"SciDocsRR", "eng-Latn", "39b8377811871075eed9de3b8a7e21aaa6acb3d8", "scidocsrr"},
    {"StackOverflowDupQuestions", "eng-Latn", "5debda000fe8e27ebb5c123d38081f92e1847a59", "stackoverflow"},
};

inline constexpr KnownTask kRetrievalTasks[] = {
    {"ArguAna", "eng-Latn", "c22ab2a51041ffd869aaddef7af8d8215647e41a", "arguana", {.ignore_identical_ids = true}},
    {"BelebeleRetrieval", "", "979a211276faa22f671e69d096634193567cfd05", "belebele"},
    {"ClimateFEVER", "eng-Latn", "47f2ac6acb640fc46020b02a5b59fdda04d39380", "climate-fever"},
    {"CQADupstackEnglishRetrieval", "eng-Latn", "ad9991cb51e31e31e430383c75ffb2885547b5f0", "cqadupstack-english"},
    {"DBPedia", "eng-Latn", "c0f706b76e590d620bd6618b3ca8efdd34e2d659", "dbpedia-entity"},
    {"FEVER", "eng-Latn", "bea83ef9e8fb933d90a2f1d5515737465d613e12", "fever", {.ignore_identical_ids = true}},
    {"FiQA2018", "eng-Latn", "27a168819829fe9bcd655c2df245fb19452e8e06", "fiqa", {.ignore_identical_ids = true}},
    {"HotpotQA", "eng-Latn", "ab518f4d6fcca38d87c25209f94beba119d02014", "hotpotqa"},
    {"MIRACLRetrieval", "", "9c09abc13478308c27598f350e31d8f06b9b5481", "miracl", {.split = "dev"}},
    {"MLQARetrieval", "", "5bef8b6e2601af974fb1a1cca03fd702229be4b6", "mlqa"},
    {"MSMARCO",
     "eng-Latn",
     "c5a29a104738b98a9e76336939199e264163d4a0",
     "msmarco",
     {.split = "dev", .ignore_identical_ids = true}},
    {"NFCorpus", "eng-Latn", "ec0fa4fe99da2ff19ca1214b7966684033a58814", "nfcorpus"},
    {"NQ", "eng-Latn", "b774495ed302d8c44a3a7ea25c90dbce03968f31", "nq"},
    {"QuoraRetrieval", "eng-Latn", "e4e08e0b7dbe3c8700f0daef558ff32256715259", "quora", {.ignore_identical_ids = true}},
    {"SCIDOCS", "eng-Latn", "f8c2fcf00f625baaa80f62ec5bd9e1fff3b8ae88", "scidocs"},
    {"SciFact", "eng-Latn", "d56462d0e63a25450459c4f213e49ffdb866f7f9", "scifact"},
    {"TRECCOVID", "eng-Latn", "bb9466bac8153a0349341eb1b22e06409e78ef4e", "trec-covid"},
    {"Touche2020", "eng-Latn", "a34f9a33db75fa0cbb21bb5cfc3dae8dc8bec93f", "webis-touche2020"},
    {"Touche2020Retrieval.v3", "eng-Latn", "431886eaecc48f067a3975b70d0949ea2862463c", "webis-touche2020-v3"},
    {"XQuADRetrieval", "", "194842d6a49baddf6cd3f4d5130ab3c7756268d2", "xquad", {.split = "validation"}},
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
};

inline constexpr KnownTask kSummarizationTasks[] = {
    {"SummEval", "eng-Latn", "cda12ad7615edc362dbf25a00fdd61d3b1eaf93c", "summeval", {.averages_p_values = true}},
    {"SummEvalFr", "fra-Latn", "b385812de6a9577b6f4d0f88c6a6e35395a94054", "summeval-fr", {.averages_p_values = true}},
    {"SummEvalSummarization.v2", "eng-Latn", "cda12ad7615edc362dbf25a00fdd61d3b1eaf93c", "summeval"},
};

struct KnownTasks {
  TaskCategory category;
  std::span<const KnownTask> tasks;
};
inline constexpr KnownTasks kKnownTasks[] = {
    {TaskCategory::bitext, kBitextTasks},
    {TaskCategory::classification, kClassificationTasks},
    {TaskCategory::clustering_fast, kClusteringFastTasks},
    {TaskCategory::clustering, kClusteringTasks},
    {TaskCategory::pair_classification, kPairClassificationTasks},
    {TaskCategory::reranking, kRerankingTasks},
    {TaskCategory::retrieval, kRetrievalTasks},
    {TaskCategory::sts, kStsTasks},
    {TaskCategory::summarization, kSummarizationTasks},
};

/// Where a task has a language by another tag than language_tag() tells.
struct KnownTag {
  std::string_view task;
  std::string_view usual;
  std::string_view own;
};
inline constexpr KnownTag kKnownTags[] = {
    {"MIRACLReranking", "cmn-Hans", "zho-Hans"},
    {"MIRACLReranking", "kor-Hang", "kor-Kore"},
    {"MIRACLRetrieval", "cmn-Hans", "zho-Hans"},
    {"MIRACLRetrieval", "kor-Hang", "kor-Kore"},
    {"MassiveIntentClassification", "kor-Hang", "kor-Kore"},
    {"MassiveScenarioClassification", "kor-Hang", "kor-Kore"},
    {"PawsXPairClassification", "jpn-Jpan", "jpn-Hira"},
    {"XNLI", "cmn-Hans", "zho-Hans"},
    {"XQuADRetrieval", "ara-Arab", "arb-Arab"},
    {"XQuADRetrieval", "cmn-Hans", "zho-Hans"},
};

struct KnownScore {
  std::string_view task;
  std::string_view subset;  ///< "": the mean of all
  double score;
  std::size_t subsets = 0;  ///< of which it is the mean
};

/// From the public results of MTEB (embeddings-benchmark/results, CC0).
inline constexpr std::string_view kPublishedModel = "multilingual-e5-small";
inline constexpr KnownScore kKnownScores[] = {
    {"STSBenchmarkMultilingualSTS", "en", 0.83589},
    {"STSBenchmarkMultilingualSTS", "de", 0.78936},
    {"STSBenchmarkMultilingualSTS", "es", 0.80744},
    {"STSBenchmarkMultilingualSTS", "fr", 0.79321},
    {"STSBenchmarkMultilingualSTS", "ru", 0.77776},
    {"STSBenchmarkMultilingualSTS", "zh", 0.78047},
    {"Tatoeba", "deu-eng", 0.9735},
    {"Tatoeba", "fra-eng", 0.9119},
    {"Tatoeba", "spa-eng", 0.9403},
    {"Tatoeba", "jpn-eng", 0.8439},
    {"Tatoeba", "swh-eng", 0.7028},
    {"Tatoeba", "tel-eng", 0.9074},
    {"Tatoeba", "", 0.68941, 112},
    {"SciFact", "default", 0.67585},
    {"NFCorpus", "default", 0.31096},
    {"ArguAna", "default", 0.39088},
    {"Banking77Classification", "default", 0.706396},
    {"AmazonCounterfactualClassification", "de", 0.6985},
    {"AmazonCounterfactualClassification", "en", 0.71433},
    {"SIB200Classification", "nld_Latn", 0.73137},
    {"SIB200Classification", "tha_Thai", 0.75784},
    {"SIB200ClusteringS2S", "nld_Latn", 0.35335},
    {"SIB200ClusteringS2S", "tha_Thai", 0.41293},
    {"MasakhaNEWSClusteringS2S", "eng", 0.466},
    {"indonli", "default", 0.51858},
    {"FarsTail", "default", 0.69968},
    {"AskUbuntuDupQuestions", "default", 0.56424},
    {"SummEval", "default", 0.293653},
    {"SummEvalSummarization.v2", "default", 0.29219},
};

}  // namespace glossa::detail
