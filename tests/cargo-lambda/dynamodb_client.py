"""boto3 at the engine of the console, as the printed lines configure it.

AWS_ENDPOINT_URL_DYNAMODB, AWS_REGION and the pair of the engine in the environment
"""

import os

import boto3
import botocore.exceptions
from checks import check, end, same

TABLE = "activity-log"
KEY = {"pk": {"S": "T#boto3#OTHER#1"}, "sk": {"S": "ITEM"}}


def client(**other):
    return boto3.client("dynamodb", region_name=os.environ["AWS_REGION"], **other)


def code_of(call):
    try:
        call()
    except botocore.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
    return None


own = client()
check("the table is listed", TABLE in own.list_tables()["TableNames"])
own.put_item(TableName=TABLE, Item={**KEY, "n": {"N": "1"}})
again = lambda: own.put_item(
    TableName=TABLE, Item=KEY, ConditionExpression="attribute_not_exists(pk)"
)
same("a condition holds", code_of(again), "ConditionalCheckFailedException")
cancelled = lambda: own.transact_write_items(
    TransactItems=[
        {
            "ConditionCheck": {
                "TableName": TABLE,
                "Key": KEY,
                "ConditionExpression": "n = :two",
                "ExpressionAttributeValues": {":two": {"N": "2"}},
            }
        }
    ]
)
same("a transaction is cancelled", code_of(cancelled), "TransactionCanceledException")
own.update_item(
    TableName=TABLE,
    Key=KEY,
    UpdateExpression="ADD n :one",
    ExpressionAttributeValues={":one": {"N": "1"}},
)
same("an item is read", own.get_item(TableName=TABLE, Key=KEY)["Item"]["n"], {"N": "2"})
found = own.query(
    TableName=TABLE,
    KeyConditionExpression="pk = :pk",
    ExpressionAttributeValues={":pk": KEY["pk"]},
)
same("a query finds it", found["Count"], 1)
own.delete_item(TableName=TABLE, Key=KEY)
check("a scan pages", own.scan(TableName=TABLE, Limit=1)["LastEvaluatedKey"] is not None)
same("no table is no error of the engine", code_of(lambda: own.scan(TableName="absent")),
     "ResourceNotFoundException")

other = client(aws_access_key_id="local", aws_secret_access_key="local")
same("another pair is refused", code_of(other.list_tables), "UnrecognizedClientException")
end()
