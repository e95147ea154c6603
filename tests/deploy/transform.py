"""Prints the template as CloudFormation gets it: loops and SAM's resources written out."""

import json
import pathlib
import sys

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse


class NoManagedPolicies:
    """What SAM asks for the policies that it would add to a role of its own."""

    def load(self):
        return {}


def write_out_loops(resources):
    """Puts what `Fn::ForEach` makes into its place, as AWS::LanguageExtensions does."""
    for loop in [name for name in resources if name.startswith("Fn::ForEach::")]:
        variable, values, fragment = resources.pop(loop)
        text = json.dumps(fragment)
        for value in values:
            written = text.replace(f"${{{variable}}}", value)
            made = json.loads(written.replace(json.dumps({"Ref": variable}), json.dumps(value)))
            if resources.keys() & made.keys():
                raise SystemExit(f"{loop} makes a resource that is there")
            resources.update(made)


def main():
    template = yaml_parse(pathlib.Path(sys.argv[1]).read_text())
    write_out_loops(template["Resources"])
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            # `sam build` and `sam deploy` put the program in the place of the
            # source; what it is named does not matter here.
            resource["Properties"]["CodeUri"] = "s3://bucket/function"
    print(json.dumps(transform(template, {}, NoManagedPolicies()), indent=1))


if __name__ == "__main__":
    main()
