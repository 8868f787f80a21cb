"""
What a program does with the official client; prints one line of JSON per step. Arguments: host (or a WebSocket address), port, and for TLS the file
with the certificate.
"""

import asyncio
import json
import logging
import ssl
import sys

from thingsdb.client import Client
from thingsdb.exceptions import AuthError, ForbiddenError, LookupError, SyntaxError, ZeroDivisionError
from thingsdb.room import Room, event


def tell(name, value):
    print(json.dumps([name, value]), flush=True)


async def refused(awaitable, kind):
    try:
        await awaitable
    except kind as error:
        return error.error_code
    return None


async def soon(condition):
    for _ in range(500):
        if condition():
            return True
        await asyncio.sleep(0.01)
    return False


class Chat(Room):
    def on_init(self):
        self.told = []

    async def on_join(self):
        self.told.append("join")

    def on_leave(self):
        self.told.append("leave")

    def on_delete(self):
        self.told.append("delete")

    @event("say")
    def on_say(self, *args):
        self.told.append(["say", *args])

    def on_emit(self, name, *args):
        self.told.append([name, *args])


class Warnings(logging.Handler):
    def __init__(self):
        super().__init__()
        self.told = []

    def emit(self, record):
        self.told.append(record.getMessage())


def secured():
    return ssl.create_default_context(cafile=sys.argv[3]) if len(sys.argv) > 3 else None


async def connect(host, port):
    client = Client(ssl=secured())
    if host.startswith("ws"):
        await client.connect(host, timeout=5)
    else:
        await client.connect(host, port, timeout=5)
    return client


async def queries(client, other):
    tell("websocket", client.is_websocket())
    tell("sum", await client.query("1 + 1"))
    tell("arguments", await client.query("a + b", a=40, b=2))
    values = {"list": [1, [2, 3.5]], "none": None, "true": True, "text": "caf\u00e9", "large": 2**40, "negative": -(2**33)}
    tell("values", await client.query("x", x=values))
    tell("bytes", (await client.query("x", x=b"\x00\xff")).hex())
    tell("megabytes", len(await client.query("x + x", x="y" * 2_000_000)))
    tell("store", await client.query(".greeting = 'hello'; .greeting"))
    answers = await asyncio.gather(*[client.query("n * 2", n=n) for n in range(500)])
    tell("in flight", answers == [n * 2 for n in range(500)])
    tell("scope", await client.query("return {a: {b: 1}}, 2", scope="@thingsdb"))
    tell("lookup", await refused(client.query("nothing_here"), LookupError))
    tell("syntax", await refused(client.query("1 +"), SyntaxError))
    tell("division", await refused(client.query("1 / 0"), ZeroDivisionError))
    tell("other", await other.query(".greeting", scope="@:stuff"))


async def procedures(client):
    await client.query("new_procedure('add', |a, b| a + b); nil;")
    tell("run", [await client.run("add", 40, 2), await client.run("add", a="x", b="y")])
    tell("no procedure", await refused(client.run("nope"), LookupError))
    await client.query("del_procedure('add');")


async def rooms(client, other):
    await client.query(".chat = room(); .chat.set_name('chat'); nil;")
    mine, theirs = Chat("chat"), Chat(".chat.id();", scope="//stuff")
    await mine.join(client)
    await theirs.join(other)
    await mine.emit("say", "hi", [1, 2.5], {"a": None})
    await theirs.emit("shout", peers_only=True)
    await client.query(".chat.emit('say', {x: {y: 1}});")
    tell("heard", await soon(lambda: len(mine.told) == 4 and len(theirs.told) == 3))
    tell("mine", mine.told)
    tell("theirs", theirs.told)
    await theirs.leave()
    await mine.emit("alone")
    tell("left", await soon(lambda: mine.told[-1] == ["alone"] and theirs.told[-1] == "leave"))
    return mine


async def reconnect(client, room):
    before = len(room.told)
    transport = getattr(client._protocol, "transport", None)
    if transport is None:
        await client._protocol.close_and_wait()
        client.reconnect()
    else:
        transport.abort()
    tell("again", await soon(lambda: client.is_connected() and len(room.told) > before))
    tell("joined again", room.told[before:])
    await room.emit("say", "back")
    tell("heard again", await soon(lambda: room.told[-1] == ["say", "back"]))
    await client.query(".del('chat'); nil;")
    tell("deleted", await soon(lambda: room.told[-1] == "delete"))


async def log_ins(host, port, client):
    token = await client.query("new_token('admin');", scope="@thingsdb")
    third = await connect(host, port)
    tell("not authenticated", await refused(third._write(34, ["//stuff", "1"]), AuthError))
    tell("wrong password", await refused(third.authenticate("admin", "wrong"), AuthError))
    await third.authenticate(token)
    tell("by token", await third.query("user_info().load().name;", scope="@thingsdb"))
    await client.query("new_user('iris'); set_password('iris', 'siri'); nil;", scope="@thingsdb")
    await third.authenticate("iris", "siri")
    tell("forbidden", await refused(third.query("1", scope="//stuff"), ForbiddenError))
    await client.query("del_user('iris'); nil;", scope="@thingsdb")
    await third.close_and_wait()


async def main(host, port):
    warnings = Warnings()
    logging.getLogger().addHandler(warnings)
    client, other = await connect(host, port), await connect(host, port)
    for each in (client, other):
        await each.authenticate("admin", "pass")
        each.set_default_scope("//stuff")
    await queries(client, other)
    await procedures(client)
    await client.query("log('careful'); nil;")
    tell("warning", await soon(lambda: warnings.told == ["ThingsDB: careful (2)"]))
    room = await rooms(client, other)
    await log_ins(host, port, client)
    await reconnect(client, room)
    for each in (client, other):
        await each.close_and_wait()


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
