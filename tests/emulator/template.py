"""Turns infra/template.yaml into the template that the emulator gets.

The functions are those that were built already: each `CodeUri` becomes the
folder of its binary. Nothing else is changed, unless an action is to be left
out of every role, for the proof that the roles are enforced.
"""

import argparse
import json
import pathlib

from samtranslator.yaml_helper import yaml_parse


def remove_action(resources, action):
    removed = 0
    for resource in resources.values():
        if resource["Type"] != "AWS::IAM::Role":
            continue
        for policy in resource["Properties"]["Policies"]:
            statements = policy["PolicyDocument"]["Statement"]
            for statement in statements:
                actions = statement["Action"]
                actions = [actions] if isinstance(actions, str) else actions
                statement["Action"] = [kept for kept in actions if kept != action]
                removed += len(actions) - len(statement["Action"])
            policy["PolicyDocument"]["Statement"] = [kept for kept in statements if kept["Action"]]
        policies = resource["Properties"]["Policies"]
        resource["Properties"]["Policies"] = [
            kept for kept in policies if kept["PolicyDocument"]["Statement"]
        ]
    return removed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("template", type=pathlib.Path)
    parser.add_argument("functions", type=pathlib.Path, help="has <binary>/bootstrap")
    parser.add_argument("--without-action", help="such as dynamodb:PutItem")
    arguments = parser.parse_args()

    template = yaml_parse(arguments.template.read_text())
    for name, resource in template["Resources"].items():
        if resource["Type"] != "AWS::Serverless::Function":
            continue
        binary = resource.pop("Metadata")["BuildProperties"]["Binary"]
        folder = arguments.functions / binary
        if not (folder / "bootstrap").is_file():
            raise SystemExit(f"{name}: {folder}/bootstrap is not there")
        resource["Properties"]["CodeUri"] = str(folder)
    action = arguments.without_action
    if action and not remove_action(template["Resources"], action):
        raise SystemExit(f"no role has {action}")
    print(json.dumps(template, indent=1))


if __name__ == "__main__":
    main()
