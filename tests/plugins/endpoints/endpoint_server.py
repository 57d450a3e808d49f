"""An endpoint in this process that answers as it is told, and badly when it is told so."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Endpoint:
    """Answers each request by `reply`, after the misbehaviours that wait in `trouble`.

    `asked` holds the bodies of all requests, `headers` their headers, and `most` how many were
    under way at once. A misbehaviour is a function of the handler.
    """

    def __init__(self):
        self.reply = lambda body: f"an answer to {question(body)}"
        self.trouble, self.asked, self.headers = [], [], []
        self.usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
        self.under_way = self.most = 0
        self.lock = threading.Lock()
        self.url = ""

    def answer(self, handler):
        length = int(handler.headers["Content-Length"])
        body = json.loads(handler.rfile.read(length))
        with self.lock:
            self.asked.append(body)
            self.headers.append(dict(handler.headers))
            self.under_way += 1
            self.most = max(self.most, self.under_way)
            trouble = self.trouble.pop(0) if self.trouble else None
        try:
            (trouble or self.well(body))(handler)
        finally:
            with self.lock:
                self.under_way -= 1

    def well(self, body):
        said = self.reply(body)
        choice = said if isinstance(said, dict) else {"text": said}
        return sends(completion(self.usage, **choice))


def question(body):
    return body["prompt"] if "prompt" in body else body["messages"][-1]["content"]


def completion(usage=None, text="well", finish="stop", **message):
    choice = {"message": {"content": text, **message}, "text": text, "finish_reason": finish}
    return {"model": "tiny-2026", "choices": [choice], "usage": usage}


def sends(what, status=200, **headers):
    """Send a value as JSON, or bytes as they are."""
    content = what if isinstance(what, bytes) else json.dumps(what).encode()

    def send(handler):
        handler.send_response(status)
        for name, value in {"Content-Length": len(content), **headers}.items():
            handler.send_header(name.replace("_", "-"), str(value))
        handler.end_headers()
        handler.wfile.write(content)

    return send


def drops(handler):
    """Close the connection without a word."""
    handler.close_connection = True


def breaks_off(handler):
    """Promise more than is sent."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"choices"')
    handler.close_connection = True


def drips(handler):
    """Send a byte at a time, each before a read would time out, for longer than a timeout."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    for _ in range(30):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.05)
    handler.close_connection = True


def sleeps(seconds):
    def sleep(handler):
        time.sleep(seconds)
        handler.close_connection = True

    return sleep


@contextmanager
def serving():
    """An endpoint on a free port."""
    endpoint = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else an answer waits 40 ms for an acknowledgement

        def do_POST(self):
            try:
                endpoint.answer(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    endpoint.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield endpoint
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
