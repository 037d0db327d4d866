"""Turns the report of scripts/parity into docs/parity.md and the floor; --check only looks whether what fails has a reason.

usage: parity_page.py [--check] REPORT    (in the root of the repository)
"""

import json
import re
import sys
import tomllib

FLOOR, PAGE, REASONS = "parity-floor.json", "docs/parity.md", "scripts/parity-reasons.toml"

HEAD = """# Parity with the AI SDK

Each case is a recorded call of the AI SDK's own provider package: the call in the AI Gateway protocol, every request that went
to the provider, the provider's bytes in their chunks, and the answer. `scripts/parity` plays the provider, sends the call to
this gateway, and compares the requests (method, path, query, headers, body) and the answer, part by part. This page is
written by `scripts/parity-docs`; CI fails where a number falls, and where a case fails without a reason.

| provider | cases that pass | |
|---|---|---|
"""


def covers(reason, provider, failure):
    """Whether a reason is that of a failing case."""
    if reason["provider"] != provider:
        return False
    if failure["id"] in reason.get("cases", []):
        return True
    pattern = reason.get("differences")
    differences = failure["diffs"]
    return bool(pattern and differences) and all(re.search(pattern, each) for each in differences)


def is_complete(name, found, data):
    # A provider that is not there yet passes the cases that nothing is sent for.
    return name not in data["unfinished"] and found["passed"] >= found["cases"] / 2


def explained(providers, data):
    """The failing cases of each reason, and what is wrong with the reasons, a sentence each."""
    cases, faults = [[] for _ in data["reasons"]], []
    for name, found in providers.items():
        if not is_complete(name, found, data):
            continue
        for failure in found["failures"]:
            place = next((i for i, reason in enumerate(data["reasons"]) if covers(reason, name, failure)), None)
            if place is None:
                faults.append(f"{failure['id']} fails, and {REASONS} has no reason: {failure['test']}")
                faults += [f"  {difference}" for difference in failure["diffs"][:3]]
            else:
                cases[place].append(failure)
    for reason, failing in zip(data["reasons"], cases):
        # What was not measured says nothing.
        if not failing and reason["provider"] in providers:
            faults.append(f"{REASONS}: no case of {reason['provider']} fails for this reason: {reason['reason']}")
    return cases, faults


def page(providers, data, cases):
    rows, later = [], []
    for name, found in sorted(providers.items()):
        passed, count = found["passed"], found["cases"]
        if is_complete(name, found, data):
            rows.append(f"| {name} | {passed} of {count} | {100 * passed / count:.1f} % |")
        else:
            later.append(f"{name} ({count})")
    text = HEAD + "\n".join(rows) + "\n"
    if any(cases):
        text += "\n## Cases that do not pass, and why\n\n"
    for reason, failing in zip(data["reasons"], cases):
        if failing:
            text += f"- {reason['provider']}: {reason['reason']}\n"
        text += "".join(f"  - `{case['id']}`: {case['test'].split('::', 1)[-1]}\n" for case in failing)
    if later:
        text += f"\n## Not there yet\n\nWith the number of their cases: {', '.join(later)}.\n"
    return text


def raise_floor(providers, data):
    with open(FLOOR) as file:
        floor = json.load(file)
    for name, found in providers.items():
        if is_complete(name, found, data):
            floor[name] = max(found["passed"], floor.get(name, 0))
    with open(FLOOR, "w") as file:
        file.write(json.dumps(floor, indent=2, sort_keys=True) + "\n")


def main():
    check = "--check" in sys.argv
    with open(sys.argv[-1]) as file:
        providers = json.load(file)["providers"]
    with open(REASONS, "rb") as file:
        data = tomllib.load(file)
    cases, faults = explained(providers, data)
    if not check:
        raise_floor(providers, data)
        with open(PAGE, "w") as file:
            file.write(page(providers, data, cases))
    for fault in faults:
        print(fault, file=sys.stderr)
    sys.exit(1 if faults else 0)


main()
