#!/usr/bin/env python3
"""Makes the small tokenizers of this folder, in the style of GPT-2, LLaMA, BERT and T5, and the encodings that Hugging Face's
"tokenizers" (pip install tokenizers sentencepiece) gives for texts.jsonl. ordo.json is: ordo vocab small.txt --size 400 -o ordo.json

usage, in the root of the tree: tests/tokens/make.py"""
import json
from tokenizers import Tokenizer
out = "tests/tokens"
def byte_chars():
    keep = list(range(33,127))+list(range(0xa1,0xad))+list(range(0xae,256))
    m={}; n=0
    for b in range(256):
        if b in keep: m[b]=chr(b)
        else: m[b]=chr(256+n); n+=1
    return m
B=byte_chars()
def merged(tokens, words):
    """merges that build each word from the left"""
    vocab={t:i for i,t in enumerate(tokens)}; merges=[]
    for w in words:
        at=w[0]
        for c in w[1:]:
            if at+c not in vocab:
                vocab[at+c]=len(vocab); merges.append([at,c])
            elif [at,c] not in merges and len(at)>=1 and at in vocab and not any(a+b==at+c for a,b in merges): merges.append([at,c])
            at+=c
    return vocab, merges
def write(name, d): open(f"{out}/{name}.json","w").write(json.dumps(d, ensure_ascii=False)+"\n")
vocab,merges=merged([B[b] for b in sorted(range(256),key=lambda b:ord(B[b]))],["the","\u0120the","\u0120he","ing","\u0120a","\u0120an","and","\u0120\u0120","\u010a\u010a","12","'s","\u00c3\u00a9","ll","er","\u0120th"])
n=len(vocab); vocab["<|endoftext|>"]=n
write("gpt2",{"version":"1.0","truncation":None,"padding":None,"added_tokens":[{"id":n,"content":"<|endoftext|>","single_word":False,"lstrip":False,"rstrip":False,"normalized":True,"special":True}],
 "normalizer":None,"pre_tokenizer":{"type":"ByteLevel","add_prefix_space":False,"trim_offsets":True},"post_processor":{"type":"ByteLevel","add_prefix_space":True,"trim_offsets":False},"decoder":{"type":"ByteLevel","add_prefix_space":True,"trim_offsets":True},
 "model":{"dropout":None,"unk_token":None,"continuing_subword_prefix":"","end_of_word_suffix":"","fuse_unk":False,"vocab":vocab,"merges":[" ".join(m) for m in merges]}})
base=["<unk>","<s>","</s>"]+["<0x%02X>"%i for i in range(256)]+["\u2581"]+list("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.,!'")+["\u00e9","\u4e2d"]
vocab,merges=merged(base,["\u2581the","\u2581a","\u2581an","and","\u2581\u2581","\u2581\u2581\u2581\u2581","ing","er","\u2581he","ll","th"])
def tok(i,c): return {"id":i,"content":c,"single_word":False,"lstrip":False,"rstrip":False,"normalized":False,"special":True}
write("llama",{"version":"1.0","truncation":None,"padding":None,"added_tokens":[tok(0,"<unk>"),tok(1,"<s>"),tok(2,"</s>")],
 "normalizer":{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"\u2581"},{"type":"Replace","pattern":{"String":" "},"content":"\u2581"}]},"pre_tokenizer":None,
 "post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":1}}],"special_tokens":{"<s>":{"id":"<s>","ids":[1],"tokens":["<s>"]}}},
 "decoder":{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"\u2581"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]},
 "model":{"type":"BPE","dropout":None,"unk_token":"<unk>","continuing_subword_prefix":None,"end_of_word_suffix":None,"fuse_unk":True,"byte_fallback":True,"ignore_merges":False,"vocab":vocab,"merges":[" ".join(m) for m in merges]}})
# WordPiece, in the style of BERT, and Unigram, in that of T5, with a small table of SentencePiece's
words=["[PAD]","[UNK]","[CLS]","[SEP]","[MASK]","the","theory","and","an","##ing","##s","##t","##ory","end","two","blank","lines","it","'","s","o",",","!","a","b","c","##b","##c","cafe","1","##2","hello","<","/",">","\u4e2d","\u6587"]
write("bert",{"version":"1.0","truncation":None,"padding":None,"added_tokens":[tok(i,w) for i,w in enumerate(words[:5])],
 "normalizer":{"type":"BertNormalizer","clean_text":True,"handle_chinese_chars":True,"strip_accents":None,"lowercase":True},"pre_tokenizer":{"type":"BertPreTokenizer"},
 "post_processor":{"type":"BertProcessing","sep":["[SEP]",3],"cls":["[CLS]",2]},"decoder":{"type":"WordPiece","prefix":"##","cleanup":True},
 "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":50,"vocab":{w:i for i,w in enumerate(words)}}})
import base64,io,sentencepiece,tempfile
from sentencepiece import sentencepiece_model_pb2 as proto
with tempfile.NamedTemporaryFile("w",suffix=".tsv") as rules:
    rules.write("41\t61\nE9\t65\n65 301\t65\n216B\t78 69 69\n9\t20\nD\t20\nBD\t31 2F 32\nFB01\t66 69\n"); rules.flush()
    made=io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(sentence_iterator=iter(open(f"{out}/small.txt")),model_writer=made,vocab_size=90,normalization_rule_tsv=rules.name,minloglevel=2)
model=proto.ModelProto(); model.ParseFromString(made.getvalue())
write("t5",{"version":"1.0","truncation":None,"padding":None,"added_tokens":[tok(0,"<unk>"),tok(1,"<s>"),tok(2,"</s>")],
 "normalizer":{"type":"Sequence","normalizers":[{"type":"Precompiled","precompiled_charsmap":base64.b64encode(model.normalizer_spec.precompiled_charsmap).decode()},{"type":"Strip","strip_left":False,"strip_right":True},{"type":"Replace","pattern":{"Regex":" {2,}"},"content":"\u2581"}]},
 "pre_tokenizer":{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"always","split":True},
 "post_processor":{"type":"TemplateProcessing","single":[{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"</s>","type_id":0}}],"pair":[{"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":0}}],"special_tokens":{"</s>":{"id":"</s>","ids":[2],"tokens":["</s>"]}}},
 "decoder":{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"always","split":True},
 "model":{"type":"Unigram","unk_id":0,"byte_fallback":False,"vocab":[[p.piece,p.score] for p in model.pieces]}})
texts=["","a"," the","the theory and an ending","  two blanks\n\nand lines\n","it's 12 o'clock, we'll go","caf\u00e9 \u4e2d\u6587 \u0926\u0947\u0935 \U0001f680","\u00bd \u216b 1234","<s>hello</s> and<|endoftext|> the","tab\there\r\nthere   ","x"*70,"the"*40,"\u2581the","e\u0301","ANDing <pad><eos>!","THEORYs, blanks\u4e2dthe! [SEP]","\u00c9 it's\u200b \u0130\u0488 don't","\ufb01\u0301 A\u0300\tA \u00bd"]
open(f"{out}/texts.jsonl","w").write("".join(json.dumps(t)+"\n" for t in texts))
for name in ("gpt2","llama","ordo","bert","t5"):
    t=Tokenizer.from_file(f"{out}/{name}.json")
    t.encode_special_tokens=True # special tokens that stand in a text are text
    with open(f"{out}/{name}.expected","w") as f:
        for x in texts:
            ids=t.encode(x,add_special_tokens=False).ids
            f.write(json.dumps({"ids":ids,"text":t.decode(ids,skip_special_tokens=False)},separators=(",",":"), ensure_ascii=False)+"\n")
