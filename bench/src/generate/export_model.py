"""Writes a language model in the forms that the contenders of `pnpm bench generate` read, with the same weights, float32:

    python export_model.py gpt2 FOLDER           random weights of GPT-2's shape (124 M)
    python export_model.py SOURCE FOLDER         a folder of Hugging Face's, or a .gguf file, with a Llama (SmolLM2)

FOLDER/model.safetensors with config.json (ours), FOLDER/onnx/model.onnx (Transformers.js; the graph of Optimum), FOLDER/model.gguf
(llama.cpp). Needs torch, transformers 4.57.6, accelerate (which reads .gguf files), optimum-onnx 0.1.0, onnx, onnxruntime
and gguf 0.19.0.
"""
import json
import pathlib
import sys

import gguf
import numpy
import torch
from optimum.exporters.onnx import main_export
from transformers import AutoModelForCausalLM, GPT2Config, GPT2LMHeadModel


def random_gpt2():
    """Weights that are larger in the layers than those training begins with: with those every token only repeats itself."""
    torch.manual_seed(0)
    model = GPT2LMHeadModel(GPT2Config(bos_token_id=None, eos_token_id=None)).eval()
    with torch.no_grad():
        for block in model.transformer.h:
            for weight in (block.attn.c_attn.weight, block.attn.c_proj.weight, block.mlp.c_fc.weight, block.mlp.c_proj.weight):
                weight.normal_(0, 0.08)
    return model


GPT2_NAMES = {
    "ln_1": "attn_norm",
    "attn.c_attn": "attn_qkv",
    "attn.c_proj": "attn_output",
    "ln_2": "ffn_norm",
    "mlp.c_fc": "ffn_up",
    "mlp.c_proj": "ffn_down",
}
LLAMA_NAMES = {
    "input_layernorm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "post_attention_layernorm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
WHOLE = {
    "transformer.wte.weight": "token_embd.weight",
    "transformer.wpe.weight": "position_embd.weight",
    "transformer.ln_f.weight": "output_norm.weight",
    "transformer.ln_f.bias": "output_norm.bias",
    "model.embed_tokens.weight": "token_embd.weight",
    "model.norm.weight": "output_norm.weight",
}


def place(name):
    """llama.cpp's name of a tensor."""
    if name in WHOLE:
        return WHOLE[name]
    _, _, layer, rest = name.split(".", 3)
    part, kind = rest.rsplit(".", 1)
    return f"blk.{layer}.{(GPT2_NAMES | LLAMA_NAMES)[part]}.{kind}"


def half_to_pairs(array, heads):
    """llama.cpp rotates neighbours where Hugging Face rotates halves."""
    rows, columns = array.shape
    return array.reshape(heads, 2, rows // heads // 2, columns).swapaxes(1, 2).reshape(rows, columns)


def gguf_array(name, value, config):
    array = value.detach().float().numpy()
    if config.model_type == "gpt2":
        return array.T.copy() if array.ndim == 2 and ".h." in name else array
    if "q_proj" in name:
        return half_to_pairs(array, config.num_attention_heads)
    return half_to_pairs(array, config.num_key_value_heads) if "k_proj" in name else array


def write_sizes(writer, config):
    writer.add_context_length(config.max_position_embeddings)
    writer.add_embedding_length(config.hidden_size)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_head_count(config.num_attention_heads)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    if config.model_type == "gpt2":
        writer.add_feed_forward_length(config.n_inner or 4 * config.n_embd)
        writer.add_layer_norm_eps(config.layer_norm_epsilon)
        return
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count_kv(config.num_key_value_heads)
    writer.add_layer_norm_rms_eps(config.rms_norm_eps)
    writer.add_rope_freq_base(config.rope_theta)
    writer.add_rope_dimension_count(config.hidden_size // config.num_attention_heads)


def write_words(writer, size):
    """Names for the tokens: the bench speaks in ids."""
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list([f"t{index}" for index in range(size)])
    writer.add_token_types([gguf.TokenType.NORMAL] * size)
    writer.add_token_merges(["t 0"])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(0)


def write_gguf(model, path):
    config = model.config
    writer = gguf.GGUFWriter(path, config.model_type)
    write_sizes(writer, config)
    write_words(writer, config.vocab_size)
    for name, value in model.state_dict().items():
        if name != "lm_head.weight":  # Tied: llama.cpp takes the embeddings.
            writer.add_tensor(place(name), numpy.ascontiguousarray(gguf_array(name, value, config)))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def read(source):
    if source == "gpt2":
        return random_gpt2()
    path = pathlib.Path(source)
    place = {"pretrained_model_name_or_path": path.parent, "gguf_file": path.name} if path.suffix == ".gguf" else {}
    return AutoModelForCausalLM.from_pretrained(**(place or {"pretrained_model_name_or_path": path}), dtype=torch.float32).eval()


def main(source, folder):
    folder = pathlib.Path(folder)
    model = read(source)
    if not model.config.tie_word_embeddings:
        raise SystemExit("export_model: only models whose head is their embeddings")
    model.config.bos_token_id = model.config.eos_token_id = model.config.pad_token_id = None
    model.generation_config.bos_token_id = model.generation_config.eos_token_id = None
    model.generation_config.pad_token_id = None
    model.save_pretrained(folder)
    main_export(str(folder), folder / "onnx", task="text-generation-with-past", dtype="fp32", do_validation=False)
    write_gguf(model, str(folder / "model.gguf"))
    sizes = {path.name: path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    print(json.dumps({"folder": str(folder), "bytes": sizes}))


main(*sys.argv[1:])
