"""Small models with the weights' names and layout of public ones, and what they compute, for tests/e2e/public_models.sh.

usage: public_models.py [FOLDER]      default tests/e2e/public

Hugging Face's transformers builds GPT-2, LLaMA (grouped queries; with its own head, and tied) and Gemma with random weights, also for
biases and norms, whose usual first values would hide a mistake, and saves each as safetensors. Its logits for two rows of tokens
are the reference: NAME.txt, one number a line. transformers 5.24 and PyTorch 2.15 made the files of the tree.
"""

import pathlib
import sys

import torch
from safetensors.torch import load_file, save_file
from transformers import (GemmaConfig, GemmaForCausalLM, GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM)

TOKENS = torch.tensor([[(3 * b + 5 * t + t * t) % 11 for t in range(8)] for b in range(2)])

LLAMA = dict(vocab_size=11, hidden_size=16, intermediate_size=20, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
             max_position_embeddings=32, rms_norm_eps=1e-5, rope_parameters={"rope_type": "default", "rope_theta": 500.0},
             bos_token_id=1, eos_token_id=2)
MODELS = {
    "gpt2": lambda: GPT2LMHeadModel(GPT2Config(vocab_size=11, n_positions=12, n_embd=16, n_layer=2, n_head=4, bos_token_id=1, eos_token_id=2)),
    "llama": lambda: LlamaForCausalLM(LlamaConfig(**LLAMA, tie_word_embeddings=False)),
    "llama_tied": lambda: LlamaForCausalLM(LlamaConfig(**LLAMA, tie_word_embeddings=True)),
    "gemma": lambda: GemmaForCausalLM(GemmaConfig(
        vocab_size=11, hidden_size=16, intermediate_size=20, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1,
        head_dim=12, max_position_embeddings=32, rms_norm_eps=1e-6, bos_token_id=1, eos_token_id=2, pad_token_id=0)),
}


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent / "tests" / "e2e" / "public")
    folder.mkdir(exist_ok=True)
    for name, make in MODELS.items():
        torch.manual_seed(len(name))
        model = make().eval()
        with torch.no_grad():
            for weight in model.parameters():  # also of biases and norms
                weight.add_(torch.randn_like(weight) * 0.2)
        # The hub's file of GPT-2 is that of the model without its head, and holds the causal masks.
        (model.transformer if name == "gpt2" else model).save_pretrained(folder / name)
        weights = load_file(folder / name / "model.safetensors")
        if name == "gpt2":
            weights |= {f"h.{i}.attn.bias": torch.ones(1, 1, 12, 12).tril() for i in range(2)}
        save_file(weights, folder / f"{name}.safetensors", {"format": "pt"})
        for file in (folder / name).iterdir():
            file.unlink()
        (folder / name).rmdir()
        with torch.no_grad():
            logits = model.double()(TOKENS).logits
        (folder / f"{name}.txt").write_text("\n".join(f"{v:.6f}" for v in logits.flatten().tolist()) + "\n")
        print(name, {k: tuple(v.shape) for k, v in weights.items()})


main()
