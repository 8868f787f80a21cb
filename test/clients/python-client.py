"""What a program does with the official client; prints one line of JSON per step. Arguments: port."""

import asyncio
import json
import sys

from thingsdb.client import Client
from thingsdb.exceptions import LookupError, SyntaxError, ZeroDivisionError


def tell(name, value):
    print(json.dumps([name, value]), flush=True)


async def refused(awaitable, kind):
    try:
        await awaitable
    except kind as error:
        return error.error_code
    return None


async def main(port):
    client = Client()
    await client.connect("127.0.0.1", port, timeout=5)
    await client.authenticate("admin", "pass")
    client.set_default_scope("//stuff")
    tell("sum", await client.query("1 + 1"))
    tell("arguments", await client.query("a + b", a=40, b=2))
    values = {"list": [1, [2, 3.5]], "none": None, "true": True, "text": "caf\u00e9"}
    tell("values", await client.query("x", x=values))
    tell("bytes", (await client.query("x", x=b"\x00\xff")).hex())
    tell("store", await client.query(".greeting = 'hello'; .greeting"))
    answers = await asyncio.gather(*[client.query("n * 2", n=n) for n in range(500)])
    tell("in flight", answers == [n * 2 for n in range(500)])
    tell("scope", await client.query("return {a: {b: 1}}, 2", scope="@thingsdb"))
    tell("lookup", await refused(client.query("nothing_here"), LookupError))
    tell("syntax", await refused(client.query("1 +"), SyntaxError))
    tell("division", await refused(client.query("1 / 0"), ZeroDivisionError))
    other = Client()
    await other.connect("127.0.0.1", port, timeout=5)
    await other.authenticate("admin", "pass")
    tell("other", await other.query(".greeting", scope="@:stuff"))
    for each in (client, other):
        each.close()
        await each.wait_closed()


asyncio.run(main(int(sys.argv[1])))
