"""Holds every policy of the transformed template against what it may be.

Each function has a role of its own, which no other resource adds to. Whatever a
statement allows is listed here by role: an action that is added to the template
and not here fails, and so does one that is gone. What a function may read of
which kind of item is held against its calls by
`tests/suites/deployment/roles.rs`; what no function may write is held here,
too.
"""

import json
import pathlib
import re
import sys

TABLE, STREAM = "Table.Arn", "Table.StreamArn"
# Keys from elsewhere, where some are named.
SIGNING_KEYS = "AuditSigningKeyArns"
READ = {"dynamodb:GetItem"}
SEARCH = READ | {"dynamodb:BatchGetItem", "dynamodb:Query"}
WRITE = {"dynamodb:BatchWriteItem", "dynamodb:PutItem"}
# Tallies of refusals.
COUNT = {"dynamodb:DeleteItem", "dynamodb:Query", "dynamodb:UpdateItem"}

# Role, resource, actions.
ALLOWED = {
    "LogRole": {TABLE: SEARCH | WRITE | COUNT},
    "SearchRole": {TABLE: SEARCH | WRITE | COUNT},
    "GetLoggedRole": {TABLE: SEARCH | WRITE | COUNT},
    "McpRole": {TABLE: SEARCH | WRITE | COUNT},
    "AuditRole": {TABLE: SEARCH | WRITE | COUNT},
    "WebRole": {},
    "KeysRole": {TABLE: READ | WRITE | COUNT | {"dynamodb:ConditionCheckItem"}},
    "IngestRole": {
        TABLE: READ | WRITE | COUNT,
        "IngestQueue.Arn": {"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"},
        "IngestDeadLetters.Arn": {"sqs:SendMessage"},
    },
    "PublishRole": {
        TABLE: {
            "dynamodb:BatchGetItem",
            "dynamodb:DeleteItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
        },
        STREAM: {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"},
        "${Table.Arn}/stream/*": {"dynamodb:ListStreams"},
        "EventBus.Arn": {"events:PutEvents"},
        "PublishDeadLetters.Arn": {"sqs:SendMessage"},
    },
    "IndexRole": {TABLE: SEARCH | WRITE},
    "SealRole": {
        TABLE: SEARCH | {"dynamodb:PutItem"},
        STREAM: {"dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"},
        "${Table.Arn}/stream/*": {"dynamodb:ListStreams"},
        "SealDeadLetters.Arn": {"sqs:SendMessage"},
        SIGNING_KEYS: {"kms:GetPublicKey", "kms:Sign"},
    },
}
# The kinds of items that an action that writes may be allowed on. None of them
# changes or deletes an audit event; that a put never replaces one is a condition
# of each put.
WRITABLE = {
    "dynamodb:BatchWriteItem": {"TAIL", "IX", "AX", "BODY", "SEG"},
    "dynamodb:PutItem": {
        "ACT", "AUD", "TAIL", "AX", "IDEM", "SCHED", "RES", "RTYPE", "ACTOR", "ACTORS", "KEY",
        "USED", "SEGS", "SEAL", "TILE", "UNSEALED",
    },
    # The end of a credential, and the tally of refusals.
    "dynamodb:UpdateItem": {"KEY", "REF"},
    "dynamodb:DeleteItem": {"REF"},
}
# Only so does a key sign what a tool of anybody's verifies.
SIGNING = {
    "StringEquals": {"kms:SigningAlgorithm": "ED25519_SHA_512", "kms:MessageType": "RAW"}
}
# What an administrator of the key may not do is sign, and let others sign by a grant.
ADMINISTER_KEY = {
    f"kms:{action}"
    for action in (
        "CancelKeyDeletion", "DescribeKey", "DisableKey", "EnableKey", "GetKeyPolicy",
        "GetKeyRotationStatus", "GetPublicKey", "ListGrants", "ListKeyPolicies",
        "ListResourceTags", "PutKeyPolicy", "RevokeGrant", "ScheduleKeyDeletion", "TagResource",
        "UntagResource", "UpdateKeyDescription", "Verify",
    )
}
# Traces have no resources that a policy could name.
EVERYWHERE = {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}
LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
SENT_EVENTS = [
    "activity.log",
    "resource.created",
    "resource.updated",
    "resource.deleted",
    "actor.updated",
    "actor.deleted",
]

problems = []


def check(holds, problem):
    if not holds:
        problems.append(problem)


def as_list(value):
    return value if isinstance(value, list) else [value]


def name_of(resource):
    """A resource as a reader of the template would name it."""
    if isinstance(resource, dict) and "Fn::GetAtt" in resource:
        return ".".join(resource["Fn::GetAtt"])
    if isinstance(resource, dict) and "Fn::Sub" in resource:
        return resource["Fn::Sub"]
    if isinstance(resource, dict) and "Fn::Split" in resource:
        return resource["Fn::Split"][1]["Ref"]
    return resource


def statements_of(policy):
    """The statements of a policy, with those that are there where keys are named."""
    for statement in policy["PolicyDocument"]["Statement"]:
        if "Fn::If" in statement:
            condition, statement, otherwise = statement["Fn::If"]
            check(condition == "HasSigningKeys", f"a statement depends on {condition}")
            check(otherwise == {"Ref": "AWS::NoValue"}, "a statement is another one elsewhere")
        yield statement


def enforced(condition):
    """What a condition is on AWS, where conditions are enforced."""
    if condition is None or "Fn::If" not in condition:
        return condition
    name, when_true, when_false = condition["Fn::If"]
    check(name == "ConditionsAreEnforced", f"a policy depends on {name}")
    check(when_false == {"Ref": "AWS::NoValue"}, "a policy has another condition elsewhere")
    return when_true


def check_condition(where, resource, actions, condition):
    if resource == TABLE:
        writable = [WRITABLE[action] for action in actions if action in WRITABLE]
        keys = set(condition or {})
        check(keys == {"ForAllValues:StringLike", "Null"}, f"{where}: conditions {keys}")
        like = (condition or {}).get("ForAllValues:StringLike", {})
        check(list(like) == ["dynamodb:LeadingKeys"], f"{where}: not on keys, but {list(like)}")
        for pattern in like.get("dynamodb:LeadingKeys", []):
            # What the layout is said by is of no tenant, and is only read.
            if pattern == "LAYOUT":
                check(set(actions) == READ, f"{where} has {actions} on {pattern}")
                continue
            # The tenant and the kind stand in it, so it is of one kind.
            parts = pattern.split("#")
            kind = parts[2].removesuffix("*") if len(parts) > 2 else ""
            check(parts[:2] == ["T", "*"] and kind.isupper(), f"{where}: {pattern}")
            check(all(kind in kinds for kinds in writable), f"{where} writes {pattern}")
        check((condition or {}).get("Null") == {"dynamodb:LeadingKeys": "false"}, f"{where}: Null")
    elif resource == "EventBus.Arn":
        types = ["activity.logged", "index.requested"]
        expected = {"events:source": "activity-log", "events:detail-type": types}
        check(condition == {"StringEquals": expected}, f"{where}: {condition}")
    elif resource == SIGNING_KEYS:
        expected = SIGNING if "kms:Sign" in actions else None
        check(condition == expected, f"{where}: {condition}")
    else:
        check(condition is None, f"{where}: {condition}")


def check_role(name, role, allowed):
    check(set(role) == {"AssumeRolePolicyDocument", "Policies"}, f"{name} has {set(role)}")
    trust = role["AssumeRolePolicyDocument"]["Statement"]
    principals = [statement["Principal"] for statement in trust]
    check(principals == [{"Service": "lambda.amazonaws.com"}], f"{name} trusts {principals}")
    log_group = f"{name.removesuffix('Role')}LogGroup.Arn"
    expected = allowed | {log_group: LOGS, "*": EVERYWHERE}
    found = {}
    for policy in role["Policies"]:
        for statement in statements_of(policy):
            where = f"{name}, {statement['Sid']}"
            elements = set(statement) - {"Condition"}
            check(elements == {"Sid", "Effect", "Action", "Resource"}, f"{where}: {elements}")
            check(statement["Effect"] == "Allow", f"{where}: {statement['Effect']}")
            for resource in map(name_of, as_list(statement["Resource"])):
                found.setdefault(resource, set()).update(as_list(statement["Action"]))
                actions = as_list(statement["Action"])
                check_condition(where, resource, actions, enforced(statement.get("Condition")))
    check(found == expected, f"{name} allows {found}, and not {expected}")


def check_queue_policy(name, policy):
    queues = [queue["Ref"] for queue in policy["Queues"]]
    for statement in policy["PolicyDocument"]["Statement"]:
        where = f"{name}, {statement['Sid']}"
        check([name_of(statement["Resource"])] == [f"{queue}.Arn" for queue in queues], where)
        if statement["Effect"] == "Deny":
            check(statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}, where)
            continue
        check(statement["Principal"] == {"Service": "events.amazonaws.com"}, where)
        check(statement["Action"] == "sqs:SendMessage", where)
        rule = {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": ["IngestRule", "Arn"]}}}
        check(statement["Condition"] == rule, where)
    denies = [one["Effect"] for one in policy["PolicyDocument"]["Statement"]].count("Deny")
    check(denies == 1, f"{name} takes what is not encrypted")


def check_key(name, key):
    """The account administers it, and one role signs with it."""
    kind = (key["KeySpec"], key["KeyUsage"])
    check(kind == ("ECC_NIST_EDWARDS25519", "SIGN_VERIFY"), f"{name} is {kind}")
    account = {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
    seal = {"AWS": {"Fn::GetAtt": ["SealRole", "Arn"]}}
    expected = [
        (account, ADMINISTER_KEY, None),
        (seal, {"kms:GetPublicKey"}, None),
        (seal, {"kms:Sign"}, SIGNING),
    ]
    found = []
    for statement in key["KeyPolicy"]["Statement"]:
        check(statement["Effect"] == "Allow", f"{name}: {statement['Effect']}")
        actions = set(as_list(statement["Action"]))
        found.append((statement["Principal"], actions, enforced(statement.get("Condition"))))
    check(found == expected, f"{name} allows {found}")


def check_senders(policy):
    check(set(policy) == {"Description", "PolicyDocument"}, "the senders' policy is attached")
    found = [
        (set(as_list(one["Action"])), name_of(one["Resource"]), one.get("Condition"))
        for one in policy["PolicyDocument"]["Statement"]
    ]
    expected = [
        ({"sqs:GetQueueUrl", "sqs:SendMessage"}, "IngestQueue.Arn", None),
        (
            {"events:PutEvents"},
            "EventBus.Arn",
            {"StringEquals": {"events:detail-type": SENT_EVENTS}},
        ),
    ]
    check(found == expected, f"senders may {found}")


def check_switch(resources):
    """What is there only under a condition is routed and may be invoked only under it."""
    conditions = {name: one.get("Condition") for name, one in resources.items()}
    for name, resource in resources.items():
        if resource["Type"] == "AWS::Lambda::Permission":
            function = resource["Properties"]["FunctionName"]["Ref"]
            check(conditions[name] == conditions[function], f"{name} is not there as {function}")
    for path, operations in resources["HttpApi"]["Properties"]["Body"]["paths"].items():
        for function in set(re.findall(r"\$\{(\w+)\.Arn\}", json.dumps(operations))):
            condition, *branches = operations.get("Fn::If", [None, None, None])
            check(condition == conditions[function], f"{path} is not routed as {function}")
            absent = {"Ref": "AWS::NoValue"} if condition else None
            check(branches[1] == absent, f"{path} is routed without {function}")


def main():
    resources = json.loads(pathlib.Path(sys.argv[1]).read_text())["Resources"]

    def of_type(kind):
        return {name: one["Properties"] for name, one in resources.items() if one["Type"] == kind}

    roles = of_type("AWS::IAM::Role")
    check(set(roles) == set(ALLOWED), f"the roles are {set(roles)}")
    for name, role in roles.items():
        check_role(name, role, ALLOWED.get(name, {}))
    functions = of_type("AWS::Lambda::Function")
    used = {name.removesuffix("Function"): name_of(one["Role"]) for name, one in functions.items()}
    own = {name.removesuffix("Role"): f"{name}.Arn" for name in ALLOWED}
    check(used == own, f"functions have {used}")
    for name, policy in of_type("AWS::SQS::QueuePolicy").items():
        check_queue_policy(name, policy)
    keys = of_type("AWS::KMS::Key")
    check(set(keys) == {"AuditSigningKey"}, f"the keys are {set(keys)}")
    check_key("AuditSigningKey", keys["AuditSigningKey"])
    policies = of_type("AWS::IAM::ManagedPolicy")
    check(set(policies) == {"EventSenderPolicy"}, f"the policies are {set(policies)}")
    check_senders(policies["EventSenderPolicy"])
    # Nothing else in it may grant anything.
    granting = ("Policy", "Permission", "Grant", "Role", "User", "Group", "Lambda::Url")
    known = {
        "AWS::IAM::Role",
        "AWS::IAM::ManagedPolicy",
        "AWS::SQS::QueuePolicy",
        "AWS::Lambda::Permission",
        "AWS::Logs::LogGroup",
    }
    others = {one["Type"] for one in resources.values() if one["Type"].endswith(granting)} - known
    check(not others, f"there are {others}")
    for name, table in of_type("AWS::DynamoDB::Table").items():
        policies = {"ResourcePolicy"} & (set(table) | set(table["StreamSpecification"]))
        check(not policies, f"{name} has a policy of its own")
    for name, permission in of_type("AWS::Lambda::Permission").items():
        # The rule of `index`; everything else is routed by the gateway.
        is_of_index = permission["FunctionName"] == {"Ref": "IndexFunction"}
        invoker = "events.amazonaws.com" if is_of_index else "apigateway.amazonaws.com"
        check(permission["Principal"] == invoker, f"{name}: who may invoke")
        check("SourceArn" in permission, f"{name}: from where")

    check_switch(resources)

    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
