"""OpenAI's client for Python against the gateway."""

import functools
import json
import os
import unittest

import openai

OPEN_URL = os.environ["AQUEDUCT_URL"]
KEYED_URL = os.environ["AQUEDUCT_KEYED_URL"]
CLIENT_KEY = os.environ["AQUEDUCT_CLIENT_KEY"]
CHAT_MODELS = os.environ["AQUEDUCT_CHAT_MODELS"].split()
TOOL_MODELS = os.environ["AQUEDUCT_TOOL_MODELS"].split()
EMBEDDING_MODELS = os.environ["AQUEDUCT_EMBEDDING_MODELS"].split()
SIMULATOR = "simulator/echo"

HELLO = [{"role": "user", "content": "Say hello."}]
WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "Get the weather in a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}


@functools.cache
def client(url=OPEN_URL, key="unused"):
    return openai.OpenAI(base_url=url + "/v1", api_key=key, max_retries=0)


def for_each(models):
    """Runs a test once for each model; all of them run even when one fails."""

    def decorate(test):
        @functools.wraps(test)
        def run(self):
            for model in models:
                with self.subTest(model=model):
                    test(self, model)

        return run

    return decorate


class Chat(unittest.TestCase):
    @for_each(CHAT_MODELS)
    def test_completion(self, model):
        completion = client().chat.completions.create(model=model, messages=HELLO)
        self.assertTrue(completion.choices[0].message.content)
        self.assertEqual(completion.choices[0].finish_reason, "stop")
        usage = completion.usage
        self.assertGreater(usage.prompt_tokens, 0)
        self.assertEqual(usage.total_tokens, usage.prompt_tokens + usage.completion_tokens)

    @for_each(CHAT_MODELS)
    def test_stream_ends_with_usage(self, model):
        stream = client().chat.completions.create(
            model=model, messages=HELLO, stream=True, stream_options={"include_usage": True}
        )
        chunks = list(stream)
        pieces = [choice.delta.content for chunk in chunks for choice in chunk.choices if choice.delta.content]
        self.assertGreater(len(pieces), 1)
        self.assertEqual(chunks[-1].choices, [])
        self.assertGreater(chunks[-1].usage.completion_tokens, 0)

    @for_each(CHAT_MODELS)
    def test_stream_left_half_way(self, model):
        with client().chat.completions.create(model=model, messages=HELLO, stream=True) as stream:
            next(iter(stream))
        again = client().chat.completions.create(model=model, messages=HELLO)
        self.assertTrue(again.choices[0].message.content)

    @for_each(TOOL_MODELS)
    def test_tool_call_and_result(self, model):
        messages = [{"role": "user", "content": "What is the weather in Paris?"}]
        first = client().chat.completions.create(model=model, messages=messages, tools=[WEATHER])
        message = first.choices[0].message
        self.assertEqual(first.choices[0].finish_reason, "tool_calls")
        call = message.tool_calls[0]
        self.assertEqual(call.function.name, "weather")
        self.assertIsInstance(json.loads(call.function.arguments)["city"], str)
        messages += [message, {"role": "tool", "tool_call_id": call.id, "content": '{"celsius":21}'}]
        second = client().chat.completions.create(model=model, messages=messages, tools=[WEATHER])
        self.assertTrue(second.choices[0].message.content)


class OtherKinds(unittest.TestCase):
    @for_each(EMBEDDING_MODELS)
    def test_embeddings(self, model):
        answer = client().embeddings.create(model=model, input=["a cat on a mat", "tax law"])
        self.assertEqual([entry.index for entry in answer.data], [0, 1])
        self.assertGreater(len(answer.data[0].embedding), 1)
        self.assertNotEqual(answer.data[0].embedding, answer.data[1].embedding)

    def test_models(self):
        self.assertIn(SIMULATOR, [model.id for model in client().models.list()])


class Errors(unittest.TestCase):
    def fails_with(self, kind, *, url=OPEN_URL, key="unused", **request):
        with self.assertRaises(kind) as caught:
            client(url, key).chat.completions.create(**{"model": SIMULATOR, "messages": HELLO, **request})
        return caught.exception

    def test_unknown_model(self):
        self.assertEqual(self.fails_with(openai.NotFoundError, model="nobody/nothing").code, "model_not_found")

    def test_no_request(self):
        self.assertEqual(self.fails_with(openai.BadRequestError, messages="not a list").type, "invalid_request_error")

    def test_provider_over_its_limit(self):
        content = 'Hello! [[simulator {"failure": {"status": 429, "retryAfterMs": 20}}]]'
        error = self.fails_with(openai.RateLimitError, messages=[{"role": "user", "content": content}])
        self.assertEqual(error.response.headers["retry-after-ms"], "20")

    def test_wrong_key(self):
        self.fails_with(openai.AuthenticationError, url=KEYED_URL, key="wrong")

    def test_right_key(self):
        completion = client(KEYED_URL, CLIENT_KEY).chat.completions.create(model=SIMULATOR, messages=HELLO)
        self.assertTrue(completion.choices[0].message.content)


if __name__ == "__main__":
    result = unittest.main(verbosity=2, exit=False).result
    # A test whose subtests fail for two models is one failed test.
    failed = {test.id().split(" ")[0] for test, _ in result.failures + result.errors}
    # Sums in the words of node's test runner, which scripts/test reads.
    print(f"# pass {result.testsRun - len(failed)}\n# fail {len(failed)}")
    raise SystemExit(bool(failed))
