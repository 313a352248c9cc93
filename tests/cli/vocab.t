# args: vocab {} --size 270 --min-count 2 -o tokenizer.json
# file: text.txt
low low lower lowest
newer newer wider
# ---
tokenizer.json: 267 tokens from 39 bytes, 8 different words
