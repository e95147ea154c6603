"""Turns infra/template.yaml into the template that the emulator gets.

The functions are those that were built already: each `CodeUri` becomes the
folder of its binary. What the emulator can't take is left out: alarms on more
than one metric, a parameter in the place of a number, and the demand for
encryption of those who send to a queue, since it speaks plain HTTP. An action
can be left out of every role, for the proof that the roles are enforced.
"""

import argparse
import json
import pathlib

from samtranslator.yaml_helper import yaml_parse


def written_out(resources):
    """The resources without those that a loop makes, which are left as they are."""
    return {name: one for name, one in resources.items() if not name.startswith("Fn::ForEach::")}


def of_type(resources, kind):
    return [one["Properties"] for one in written_out(resources).values() if one["Type"] == kind]


def remove_action(resources, action):
    removed = 0
    for role in of_type(resources, "AWS::IAM::Role"):
        for policy in role["Policies"]:
            statements = policy["PolicyDocument"]["Statement"]
            for statement in statements:
                # One under a condition says it elsewhere.
                if "Action" not in statement:
                    continue
                actions = statement["Action"]
                actions = [actions] if isinstance(actions, str) else actions
                statement["Action"] = [kept for kept in actions if kept != action]
                removed += len(actions) - len(statement["Action"])
            policy["PolicyDocument"]["Statement"] = [
                kept for kept in statements if kept.get("Action", True)
            ]
        role["Policies"] = [
            kept for kept in role["Policies"] if kept["PolicyDocument"]["Statement"]
        ]
    return removed


def adapt(template):
    resources = template["Resources"]
    for name, resource in written_out(resources).items():
        if resource["Type"] == "AWS::CloudWatch::Alarm" and "Metrics" in resource["Properties"]:
            del resources[name]
    for policy in of_type(resources, "AWS::SQS::QueuePolicy"):
        document = policy["PolicyDocument"]
        document["Statement"] = [
            statement for statement in document["Statement"] if statement["Sid"] != "OnlyEncrypted"
        ]
    def written_in(properties, name):
        properties[name] = template["Parameters"][properties[name]["Ref"]]["Default"]

    scaling = resources["IngestFunction"]["Properties"]["Events"]["Messages"]["Properties"]
    written_in(scaling["ScalingConfig"], "MaximumConcurrency")
    stream = resources["SealFunction"]["Properties"]["Events"]["Events"]["Properties"]
    written_in(stream, "MaximumBatchingWindowInSeconds")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("template", type=pathlib.Path)
    parser.add_argument("functions", type=pathlib.Path, help="has <binary>/bootstrap")
    parser.add_argument("--without-action", help="such as dynamodb:PutItem")
    arguments = parser.parse_args()

    template = yaml_parse(arguments.template.read_text())
    for name, resource in written_out(template["Resources"]).items():
        if resource["Type"] != "AWS::Serverless::Function":
            continue
        binary = resource.pop("Metadata")["BuildProperties"]["Binary"]
        folder = arguments.functions / binary
        if not (folder / "bootstrap").is_file():
            raise SystemExit(f"{name}: {folder}/bootstrap is not there")
        resource["Properties"]["CodeUri"] = str(folder)
    adapt(template)
    action = arguments.without_action
    if action and not remove_action(template["Resources"], action):
        raise SystemExit(f"no role has {action}")
    print(json.dumps(template, indent=1))


if __name__ == "__main__":
    main()
