"""Trains a model of the benchmark with PyTorch on the CPU: eager, or with the fused optimizer, channels last, compiled.

The argument is a folder with settings.json, weights.bin and batches.bin; a line `step <batch>` on standard input is
answered with the loss, `time <count>` with the milliseconds of one of so many steps, {"wall": ..., "cpu": ...}.
"""

import json
import math
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

folder = sys.argv[1]
with open(f"{folder}/settings.json") as file:
    settings = json.load(file)
torch.set_num_threads(settings["threads"])


class Embedding(nn.Module):
    def __init__(self, spec):
        super().__init__()
        self.tokens = nn.Embedding(spec["vocabulary"], spec["width"])
        self.positions = nn.Embedding(spec["length"], spec["width"])

    def forward(self, x):
        return self.tokens(x) + self.positions.weight


class Attention(nn.Module):
    def __init__(self, spec):
        super().__init__()
        width, length = spec["width"], spec["length"]
        self.heads = spec["heads"]
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.register_buffer("mask", torch.full((length, length), -1e9).triu(1), persistent=False)

    def forward(self, x):
        batch, length, width = x.shape
        parts = self.qkv(x).view(batch, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        query, key, value = parts.unbind(0)  # [B, H, T, D]
        if hasattr(F, "scaled_dot_product_attention"):
            mixed = F.scaled_dot_product_attention(query, key, value, is_causal=True)
        else:
            scores = (query / math.sqrt(query.shape[-1])) @ key.transpose(-2, -1) + self.mask
            mixed = scores.softmax(-1) @ value
        return self.proj(mixed.transpose(1, 2).reshape(batch, length, width))


class Residual(nn.Module):
    def __init__(self, spec):
        super().__init__()
        self.body = chain(spec["body"])
        self.shortcut = chain(spec["shortcut"]) if "shortcut" in spec else None

    def forward(self, x):
        return self.body(x) + (x if self.shortcut is None else self.shortcut(x))


class Mean(nn.Module):
    def forward(self, x):
        return x.mean((2, 3))


def build(spec):
    kind = spec["kind"]
    if kind == "linear":
        return nn.Linear(spec["inputs"], spec["outputs"], bias=spec.get("bias", True))
    if kind == "conv":
        shape = (spec["inputs"], spec["outputs"], spec["kernel"], spec.get("stride", 1), spec["padding"])
        return nn.Conv2d(*shape, groups=spec.get("groups", 1), bias=spec.get("bias", True))
    if kind == "batchNorm":
        return nn.BatchNorm2d(spec["size"])
    if kind == "layerNorm":
        return nn.LayerNorm(spec["size"])
    if kind == "maxPool":
        return nn.MaxPool2d(spec["size"])
    others = {"globalAvgPool": Mean, "relu": nn.ReLU, "flatten": nn.Flatten}
    if kind in others:
        return others[kind]()
    if kind == "gelu":
        return nn.GELU(approximate="tanh")
    return {"embedding": Embedding, "attention": Attention, "residual": Residual}[kind](spec)


def chain(specs):
    return nn.Sequential(*map(build, specs))


def read(name, arrays):
    """Arrays one after the other."""
    with open(f"{folder}/{name}.bin", "rb") as file:
        data = bytearray(file.read())
    start = 0
    for array in arrays:
        count = math.prod(array["shape"])
        values = torch.frombuffer(data, dtype=getattr(torch, array["dtype"]), count=count, offset=start)
        start += 4 * count
        yield values.reshape(array["shape"])


model = chain(settings["layers"])
weights = settings["weights"]
state = {array["name"]: value for array, value in zip(weights, read("weights", weights))}
report = model.load_state_dict(state, strict=False)  # the statistics of batch norms begin as they are
assert not report.unexpected_keys, report.unexpected_keys
arrays = list(read("batches", settings["batches"]))
if settings["channels_last"]:
    model = model.to(memory_format=torch.channels_last)
    arrays[0::2] = [images.contiguous(memory_format=torch.channels_last) for images in arrays[0::2]]
if settings["compiled"]:
    model.compile()
batches = list(zip(arrays[0::2], [labels.long().flatten() for labels in arrays[1::2]]))
Optimizer = {"adam": torch.optim.Adam, "adamW": torch.optim.AdamW}[settings["optimizer"]]
optimizer = Optimizer(model.parameters(), fused=settings["fused"], **settings["settings"])


def step(batch):
    x, y = batches[batch % len(batches)]
    loss = F.cross_entropy(model(x).view(-1, settings["classes"]), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    return loss.item()


for line in sys.stdin:
    command, number = line.split()
    if command == "step":
        print(step(int(number)), flush=True)
    else:
        wall, cpu = time.perf_counter(), time.process_time()
        for index in range(int(number)):
            step(index)
        passed = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
        print(json.dumps({name: 1000 * value / int(number) for name, value in passed.items()}), flush=True)
