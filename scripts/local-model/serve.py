"""Serve a GGUF file with llama.cpp's own HTTP server until this process is told to stop or its parent is gone."""

import argparse
import os
import signal
import threading

import xllamacpp

CONTEXT_TOKENS = 4096
PARALLEL_REQUESTS = 2
PARENT_CHECK_SECONDS = 1.0


def parameters(options):
    params = xllamacpp.CommonParams()
    params.model.path = options.file
    params.model_alias = {options.name}
    params.hostnames = ["127.0.0.1"]
    params.port = options.port
    params.n_ctx = CONTEXT_TOKENS
    params.n_parallel = PARALLEL_REQUESTS
    params.cpuparams.n_threads = min(os.cpu_count() or 1, 4)
    params.use_jinja = True
    params.ui = False
    if options.mode == "embed":
        params.embedding = True
        params.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    return params


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--mode", choices=["chat", "embed"], default="chat")
    parser.add_argument("--name", default="local")
    options = parser.parse_args()

    parent = os.getppid()
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: over.set())
    server = xllamacpp.Server(parameters(options))  # returns when the model is loaded
    print("ready", server.listening_address, flush=True)
    # A killed script runs no trap; its server must not outlive it.
    while not over.wait(PARENT_CHECK_SECONDS) and os.getppid() == parent:
        pass
    os._exit(0)  # nothing to save, and the engine's destructors wait for open connections


if __name__ == "__main__":
    main()
