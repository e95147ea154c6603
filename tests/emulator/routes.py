"""Makes the routes of the HTTP API, which the emulator leaves out.

SAM writes the routes as an OpenAPI body, and ministack makes an API without
reading it. So they are read here from the template as the stack has it, and
made one by one: the routes, integrations and functions are those of the body.
Prints the id of the API.
"""

import json
import os
import re

import boto3

STACK = os.environ["STACK"]


def function_of(operation, functions):
    uri = json.dumps(operation["x-amazon-apigateway-integration"]["uri"])
    logical_id = re.search(r"\$\{(\w+)\.Arn\}", uri).group(1)
    return functions[logical_id]


def chosen(value, template, parameters):
    """What of a value is there in this stack: under a condition, one of two, or nothing."""
    if not isinstance(value, dict) or value.keys() != {"Fn::If"}:
        return value
    condition, when_true, when_false = value["Fn::If"]
    parameter, word = template["Conditions"][condition]["Fn::Equals"]
    holds = parameters[parameter["Ref"]] == word
    branch = chosen(when_true if holds else when_false, template, parameters)
    return None if branch == {"Ref": "AWS::NoValue"} else branch


def main():
    cloudformation = boto3.client("cloudformation")
    gateway = boto3.client("apigatewayv2")
    template = cloudformation.get_template(StackName=STACK, TemplateStage="Processed")
    template = template["TemplateBody"]
    resources = cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
    physical = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in resources}
    api_id = physical["HttpApi"]
    region = os.environ["AWS_DEFAULT_REGION"]
    account = boto3.client("sts").get_caller_identity()["Account"]
    prefix = f"arn:aws:lambda:{region}:{account}:function:"
    functions = {
        one["LogicalResourceId"]: prefix + one["PhysicalResourceId"]
        for one in resources
        if one["ResourceType"] == "AWS::Lambda::Function"
    }
    (stack,) = cloudformation.describe_stacks(StackName=STACK)["Stacks"]
    parameters = {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]}
    integrations = {}
    for path, operations in template["Resources"]["HttpApi"]["Properties"]["Body"]["paths"].items():
        operations = chosen(operations, template, parameters) or {}
        for method, operation in operations.items():
            operation = chosen(operation, template, parameters)
            function = function_of(operation, functions)
            if function not in integrations:
                integrations[function] = gateway.create_integration(
                    ApiId=api_id,
                    IntegrationType="AWS_PROXY",
                    IntegrationUri=function,
                    PayloadFormatVersion="2.0",
                )["IntegrationId"]
            # SAM writes it with a slash or without, by what the API is set to.
            default = path.lstrip("/") == "$default"
            gateway.create_route(
                ApiId=api_id,
                RouteKey="$default" if default else f"{method.upper()} {path}",
                Target=f"integrations/{integrations[function]}",
            )
    print(api_id)


if __name__ == "__main__":
    main()
