# Writes families.json: small random models in exactly the layout of published ones, with the token ids and vectors that
# sentence-transformers computes on them in float64. The weights are not stored: both sides make them from a tensor's
# name (see random_weights.py and tests/support/random_model.hpp).
#   pip install torch transformers==5.23.0 sentence-transformers==6.2.0 sentencepiece safetensors
#   python make_families.py ../../examples/corpus.txt families.json
import base64
import json
import os
import sys
import tempfile

import numpy as np
import sentencepiece
import torch
from safetensors.numpy import save_file
from sentence_transformers import SentenceTransformer
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, XLMRobertaConfig, XLMRobertaModel

from random_weights import weights

os.environ["HF_HUB_OFFLINE"] = "1"


def xlm_roberta_tokenizer(corpus):
    """A small Unigram model in the fairseq layout: the SentencePiece file, and the tokenizer.json made from it."""
    with tempfile.TemporaryDirectory() as folder:
        rules = folder + "/rules.tsv"
        open(rules, "w").write("FB01\t66 69\nFF21\t41\n65 301\tE9\n200B\t20\n")  # the ligature fi, full-width A, e + acute
        sentencepiece.SentencePieceTrainer.train(
            input=corpus, model_prefix=folder + "/m", vocab_size=450, model_type="unigram", character_coverage=0.99,
            normalization_rule_tsv=rules, num_threads=1, minloglevel=2)
        data = open(folder + "/m.model", "rb").read()
    proto = sentencepiece_model_pb2.ModelProto.FromString(data)
    proto.ClearField("trainer_spec")
    proto.trainer_spec.model_type = 1
    proto.normalizer_spec.ClearField("normalization_rule_tsv")
    vocab = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    vocab += [(piece.piece, piece.score) for piece in proto.pieces[3:]] + [("<mask>", 0.0)]
    tokenizer = Tokenizer(models.Unigram(vocab, unk_id=3))
    tokenizer.normalizer = normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", AddedToken("<mask>", lstrip=True)])
    return proto.SerializeToString(), tokenizer


def bert_tokenizer():
    pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + list("abcdefghijklmnopqrstuvwxyz0123456789.,:;!?'-")
    pieces += ["##" + c for c in "abcdefghijklmnopqrstuvwxyz0123456789"]
    pieces += "the a of to and in query passage : how much protein should female eat cat sleep ##s ##ing ##ed 猫 über".split()
    pieces = list(dict.fromkeys(pieces))
    tokenizer = Tokenizer(models.WordPiece({piece: i for i, piece in enumerate(pieces)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    tokenizer.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    return pieces, tokenizer


TEXTS = ["", "query: how much protein should a female eat", "The cat sleeps, über alles: 猫!", "Кошка спит на тёплом",
         "caf\u00e9 cafe\u0301 \ufb01ne \uff21", "x <pad> y</s>z [SEP] <mask>", "zzz \U0001f600 \u200b end",
         "the cat and the female protein " * 60]
SIZES = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64)
SP_MODEL, SP_TOKENIZER = xlm_roberta_tokenizer(sys.argv[1])
BERT_PIECES, BERT_TOKENIZER = bert_tokenizer()
ST = "sentence_transformers.models."


def family(name, architecture, tokenizer, pooling, normalize, max_tokens, extra_files=(), sp=False, vocab_txt=False,
           prefix="", dtype="F32", shards=1):
    if architecture == "bert":
        config = BertConfig(vocab_size=470 if sp else 128, max_position_embeddings=512, layer_norm_eps=1e-12, **SIZES)
        model = BertModel(config, add_pooling_layer=False)
    else:
        config = XLMRobertaConfig(vocab_size=470, max_position_embeddings=514, type_vocab_size=1, layer_norm_eps=1e-5,
                                  pad_token_id=1, bos_token_id=0, eos_token_id=2, **SIZES)
        model = XLMRobertaModel(config, add_pooling_layer=False)
    config.architectures = [type(model).__name__]
    shapes = {k: list(v.shape) for k, v in model.state_dict().items() if "position_ids" not in k and "token_type_ids" not in k}
    modules = [dict(idx=0, name="0", path="", type=ST + "Transformer"),
               dict(idx=1, name="1", path="1_Pooling", type=ST + "Pooling")]
    if normalize:
        modules.append(dict(idx=2, name="2", path="2_Normalize", type=ST + "Normalize"))
    flags = ["cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens", "weightedmean_tokens", "lasttoken"]
    keep = ("architectures", "hidden_act", "hidden_size", "intermediate_size", "layer_norm_eps", "max_position_embeddings",
            "model_type", "num_attention_heads", "num_hidden_layers", "pad_token_id", "type_vocab_size", "vocab_size")
    files = {
        "config.json": {k: v for k, v in config.to_dict().items() if k in keep},
        "modules.json": modules,
        "1_Pooling/config.json": dict({"pooling_mode_" + f: f == pooling for f in flags}, word_embedding_dimension=32),
        "sentence_bert_config.json": dict(max_seq_length=max_tokens, do_lower_case=False),
        "tokenizer_config.json": dict(tokenizer_class="XLMRobertaTokenizer" if sp else "BertTokenizer",
                                      model_max_length=max_tokens, do_lower_case=True),
    }
    files.update(extra_files)
    if vocab_txt:
        files["vocab.txt"] = "\n".join(BERT_PIECES) + "\n"
    with tempfile.TemporaryDirectory() as folder:
        for path, content in files.items():
            os.makedirs(os.path.dirname(f"{folder}/{path}"), exist_ok=True)
            open(f"{folder}/{path}", "w").write(content if isinstance(content, str) else json.dumps(content))
        os.makedirs(folder + "/2_Normalize", exist_ok=True)
        tokenizer.save(folder + "/tokenizer.json")
        made = {k: weights(k, s) for k, s in shapes.items()}
        rounded = {"F32": np.float32, "F16": np.float16, "F64": np.float64}.get(dtype, np.float32)
        made = {k: v.astype(rounded).astype(np.float32) for k, v in made.items()}
        if dtype == "BF16":
            made = {k: torch.tensor(v).to(torch.bfloat16).to(torch.float32).numpy() for k, v in made.items()}
        save_file(made, folder + "/model.safetensors", metadata={"format": "pt"})
        encoder = SentenceTransformer(folder, device="cpu").double()
        vectors = encoder.encode(TEXTS, convert_to_numpy=True, normalize_embeddings=False).astype(np.float64)
        tokenizer.enable_truncation(max_tokens)
        ids = [tokenizer.encode(text).ids for text in TEXTS]
        tokenizer.no_truncation()
        if not (sp or vocab_txt):
            files["tokenizer.json"] = json.loads(tokenizer.to_str())
    return dict(name=name, prefix=prefix, dtype=dtype, shards=shards, tensors=shapes, files=files, sentencepiece=sp,
                ids=ids, vectors=[[float(f"{x:.10g}") for x in row] for row in vectors])


e5_prompts = {"config_sentence_transformers.json": {"prompts": {"query": "query: ", "passage": "passage: "}}}
old = {"config_sentence_transformers.json": {"__version__": {"sentence_transformers": "2.0.0"}}}
xlmr, bert = SP_TOKENIZER, BERT_TOKENIZER
families = [
    family("multilingual-e5-small", "bert", xlmr, "mean_tokens", True, 512, e5_prompts, sp=True),
    family("multilingual-e5-base", "xlm-roberta", xlmr, "mean_tokens", True, 512, sp=True),
    family("multilingual-e5-large", "xlm-roberta", xlmr, "mean_tokens", True, 512, sp=True, prefix="roberta.", shards=2),
    family("e5-base-v2", "bert", bert, "mean_tokens", True, 512, vocab_txt=True, prefix="bert."),
    family("UAE-Large-V1", "bert", bert, "cls_token", False, 512, vocab_txt=True, dtype="F16"),
    family("paraphrase-multilingual-MiniLM-L12-v2", "bert", xlmr, "mean_tokens", False, 128, old, sp=True),
    family("paraphrase-multilingual-mpnet-base-v2", "xlm-roberta", xlmr, "mean_tokens", False, 128, old, sp=True,
           prefix="0.auto_model."),
    family("all-MiniLM-L6-v2", "bert", bert, "mean_tokens", True, 256, old, vocab_txt=True),
    family("pooling-max", "bert", bert, "max_tokens", False, 64, vocab_txt=True, dtype="BF16"),
    family("pooling-mean-sqrt-len", "bert", bert, "mean_sqrt_len_tokens", False, 64, vocab_txt=True, dtype="F64"),
    family("pooling-weighted-mean", "bert", bert, "weightedmean_tokens", False, 64, vocab_txt=True),
    family("pooling-last-token", "xlm-roberta", xlmr, "lasttoken", True, 64, sp=True),
    family("tokenizer-json-only", "bert", bert, "mean_tokens", True, 64),
]
note = "Random models with what sentence-transformers computes on them; written by make_families.py beside this file."
with open(sys.argv[2], "w") as out:
    out.write(json.dumps(dict(note=note, texts=TEXTS, sentencepiece=base64.b64encode(SP_MODEL).decode())).rstrip("}") + ', "families": [\n')
    out.write(",\n".join(json.dumps(entry) for entry in families) + "\n]}\n")
print(os.path.getsize(sys.argv[2]))
