"""A browser without a screen: one connection with the session's cookie."""

import http.client
import re
import urllib.parse

PASSWORD = "a long password"


def hidden(page, name):
    return re.search(rf'name="{name}" value="([0-9a-f]+)"', page).group(1)


class Browser:
    def __init__(self, port, cookie=""):
        self.port, self.cookie = port, cookie
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def __del__(self):
        self.connection.close()

    def ask(self, method, path, form=None):
        headers = {"Cookie": self.cookie, "Host": f"127.0.0.1:{self.port}"}
        body = None
        if form is not None:
            body = urllib.parse.urlencode(form)
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{self.port}"}
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        page = answer.read().decode()
        for value in answer.headers.get_all("Set-Cookie") or []:
            self.cookie = value.split(";")[0]
        return answer.status, answer.headers.get("Location", ""), page

    def fetch(self, path):
        """(status, content type, bytes), for what is no page."""
        self.connection.request("GET", path, headers={"Cookie": self.cookie, "Host": f"127.0.0.1:{self.port}"})
        answer = self.connection.getresponse()
        return answer.status, answer.headers.get("Content-Type", ""), answer.read()

    def log_in(self):
        token = hidden(self.ask("GET", "/login")[2], "csrf")
        status, _, page = self.ask("POST", "/login", {"csrf": token, "login": "writer", "password": PASSWORD})
        if status != 303:
            raise AssertionError(f"log-in answered {status}: {page[:500]}")
