# Writes numbers.json: decimal numbers and the doubles that Hugging Face's tokenizers read them as, in hexadecimal.
#   pip install tokenizers==0.23.3;  python make_number_goldens.py numbers.json
import json
import random
import struct
import sys

from tokenizers import Tokenizer

random.seed(4)
NUMBERS = ["0", "-0", "0.0", "-0.0", "1", "-1", "7", "1.0", "-1.5", "0.1", "0.2", "0.3", "1e0", "1e5", "1E5", "1e+5", "1e-5", "-1.25E-3", "0.000001",
           "123456789012345678", "18446744073709551615", "1.8446744073709551615", "-7.4715776443481445", "-3.4635426998138428", "9007199254740993",
           "9007199254740993.0", "0.30000000000000004", "1e22", "1e23", "1e-22", "1e-23", "1.7976931348623157", "2.2250738585072014", "1e30", "1e-30",
           "12345678.9e-10", "99999999999999999.9", "-13.5e1", "100e-2", "1000000000000000000e-18"]
for _ in range(120):  # scores as a SentencePiece model has them: floats, written as doubles
    NUMBERS.append(repr(struct.unpack("<f", struct.pack("<f", -random.uniform(0, 20)))[0]))
for _ in range(60):
    NUMBERS.append(repr(-random.uniform(0, 20)))
for _ in range(60):
    NUMBERS.append(repr(random.uniform(0.1, 1) * 10.0 ** random.randint(-11, 8)))
for _ in range(40):
    NUMBERS.append(f"{random.randint(-10**random.randint(1, 18), 10**random.randint(1, 18))}e{random.randint(-30, 11)}")

vocab = ",".join(f'["{i}",{number}]' for i, number in enumerate(NUMBERS))
tokenizer = Tokenizer.from_str('{"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":null,"pre_tokenizer":null,'
                               '"post_processor":null,"decoder":null,"model":{"type":"Unigram","unk_id":0,"vocab":[' + vocab + "]}}")
read = [score for _, score in json.loads(tokenizer.to_str())["model"]["vocab"]]
with open(sys.argv[1], "w") as file:
    file.write('{"note":"Numbers as Hugging Face\'s tokenizers read them; written by make_number_goldens.py.","numbers":[\n')
    file.write(",\n".join(json.dumps([text, value.hex()]) for text, value in zip(NUMBERS, read)) + "\n]}\n")
print(sum(float(text) != value for text, value in zip(NUMBERS, read)), "of", len(read), "are not the nearest double", file=sys.stderr)
