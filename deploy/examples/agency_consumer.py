"""Hear what happens to dossiers: the smallest consumer an agency could start from.

    pip install kombu
    AGENCY=so-noi-vu AMQP_URL='amqp://agency.so-noi-vu:PASSWORD@host:5672/motcua' python agency_consumer.py

`motcua agencies add so-noi-vu --bind 'dossier.#'` on Một Cửa's side makes the queue, the user and the password.
Events are CloudEvents 1.0 (headers `ce-…`, JSON body, schema named by `ce-dataschema`). They come at least once,
mostly in order: `ce-id` tells a repeat, `ce-sequence` the order within one dossier.
"""

import json
import os
import sqlite3

from kombu import Connection, Consumer, Message, Queue

AGENCY, URL = os.environ["AGENCY"], os.environ["AMQP_URL"]
store = sqlite3.connect(os.environ.get("STORE", f"{AGENCY}.sqlite"))
store.execute("CREATE TABLE IF NOT EXISTS heard (id TEXT PRIMARY KEY, type TEXT, code TEXT, sequence INT, data TEXT)")


def on_message(message: Message) -> None:
    try:
        head, data = message.headers, json.loads(message.body)
        row = (head["ce-id"], head["ce-type"], head["ce-subject"], int(head["ce-sequence"]), json.dumps(data))
    except (KeyError, ValueError):
        message.reject()  # not readable: to the queue's .dead, for a person to look at
        return
    with store:  # the note of the id and what we do with the event are one transaction: a repeat changes nothing
        if store.execute("INSERT OR IGNORE INTO heard VALUES (?, ?, ?, ?, ?)", row).rowcount:
            print(row[1], row[2], data.get("status"), flush=True)
    message.ack()  # last, when all is kept


while True:
    try:
        with Connection(URL, heartbeat=30) as connection:
            queue = Queue(f"agency.{AGENCY}", no_declare=True)
            with Consumer(connection, [queue], on_message=on_message, prefetch_count=20, auto_declare=False):
                while True:
                    try:
                        connection.drain_events(timeout=5)
                    except TimeoutError:
                        connection.heartbeat_check()
    except connection.recoverable_connection_errors as fault:
        print("broker away, trying again:", type(fault).__name__, flush=True)
        connection.ensure_connection(max_retries=100, interval_start=1, interval_max=30)
