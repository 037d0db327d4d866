"""Checks what `cargo metadata` (standard input) says of licences, bans and sources against deny.toml (first argument), and that
no dependency needs a newer Rust than the crates here promise.

A small part of cargo-deny, for where that is not installed: the words of the crates' manifests count, not their licence files.
"""

import json
import re
import sys
import tomllib
from collections import Counter


def is_allowed(expression, allowed):
    """Whether the licences in an SPDX expression that are allowed are enough for it.

    Old manifests write `MIT/Apache-2.0` for `MIT OR Apache-2.0`. AND binds more tightly than OR, WITH belongs to a name.
    """
    words = re.findall(r"\(|\)|[^\s()]+", expression.replace("/", " OR "))

    def alternatives():
        found = conjunction()
        while words[:1] == ["OR"]:
            words.pop(0)
            found = conjunction() or found
        return found

    def conjunction():
        found = operand()
        while words[:1] == ["AND"]:
            words.pop(0)
            found = operand() and found
        return found

    def operand():
        word = words.pop(0)
        if word == "(":
            found = alternatives()
            if words.pop(0) != ")":
                raise ValueError(expression)
            return found
        if word in (")", "AND", "OR", "WITH"):
            raise ValueError(expression)
        if words[:1] == ["WITH"]:
            word = " ".join([word, words.pop(0), words.pop(0)])
        return word in allowed

    try:
        found = alternatives()
    except (IndexError, ValueError):
        raise ValueError(f"cannot read the licence {expression!r}") from None
    if words:
        raise ValueError(f"cannot read the licence {expression!r}")
    return found


def version(text):
    numbers = [int(number) for number in (text or "0").split(".")]
    return (*numbers, 0, 0)[:3]


def faults(packages, deny):
    """What is wrong with the packages, a sentence each."""
    licences, banned = deny["licenses"], {ban["crate"]: ban["reason"] for ban in deny["bans"]["deny"]}
    exceptions = {each["crate"]: each["allow"] for each in licences.get("exceptions", [])}
    ours = [version(package["rust_version"]) for package in packages if package["source"] is None]
    # Cargo's own registry is where nearly all of them come from; those of this workspace have no source.
    registry = Counter(package["source"] for package in packages if package["source"]).most_common(1)[0][0]
    for package in packages:
        name = f"{package['name']} {package['version']}"
        if package["name"] in banned:
            yield f"{name} is banned: {banned[package['name']]}"
        if package["source"] not in (None, registry) or str(package["source"]).startswith("git+"):
            yield f"{name} comes from {package['source']}"
        if version(package["rust_version"]) > min(ours):
            yield f"{name} needs Rust {package['rust_version']}"
        expression = package.get("license")
        allowed = {*licences["allow"], *exceptions.get(package["name"], [])}
        if not expression:
            yield f"{name} names no licence"
        elif not is_allowed(expression, allowed):
            yield f"{name} has the licence {expression}, which deny.toml does not allow"


def check_itself():
    allowed = {"MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"}
    for expression in ("MIT", "MIT/GPL-3.0", "GPL-3.0 OR MIT AND Apache-2.0", "(GPL-3.0 OR MIT) AND Apache-2.0",
                       "Apache-2.0 WITH LLVM-exception"):
        assert is_allowed(expression, allowed), expression
    for expression in ("GPL-3.0", "MIT AND GPL-3.0", "(MIT OR Apache-2.0) AND GPL-3.0", "MIT WITH Some-exception"):
        assert not is_allowed(expression, allowed), expression


def main():
    check_itself()
    with open(sys.argv[1], "rb") as file:
        deny = tomllib.load(file)
    packages = json.load(sys.stdin)["packages"]
    found = list(faults(packages, deny))
    for fault in found:
        print(fault)
    print(f"{len(packages)} packages, {len(found)} faults")
    print(f"test result: {int(not found)} passed; {int(bool(found))} failed")
    sys.exit(1 if found else 0)


main()
