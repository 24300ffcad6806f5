"""A Gymnasium environment that a gai server plays: `serveEnv` of `@gai/rl/node`.

    npx tsx serve.ts                                # serveEnv('CartPole-v1', { port: 8765 })
    python -c "from gai_env import GaiEnv; print(GaiEnv('http://127.0.0.1:8765').reset(seed=0))"

Needs gymnasium and numpy, nothing else. One object is one session; several of them, or a `SyncVectorEnv` of them, are several.
"""

import http.client
import json
from urllib.parse import urlsplit

import gymnasium
import numpy as np
from gymnasium import spaces

PROTOCOL = "gai-env/1"


class GaiEnv(gymnasium.Env):
    """One session of a served environment."""

    metadata = {"render_modes": []}

    def __init__(self, url="http://127.0.0.1:8765", token=None, timeout=60.0):
        parts = urlsplit(url)
        if parts.scheme != "http" or parts.hostname is None:
            raise ValueError(f"GaiEnv: not an address of a served env: {url!r}. Pass one like http://127.0.0.1:8765.")
        self._connection = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=timeout)
        self._headers = {"Content-Type": "application/json"}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"
        self._session = None
        description = self._call("GET", "/v1")
        if description.get("protocol") != PROTOCOL:
            raise RuntimeError(f"GaiEnv: the server speaks {description.get('protocol')!r}; expected {PROTOCOL!r}.")
        self.observation_space = space_from_json(description["observationSpace"])
        self.action_space = space_from_json(description["actionSpace"])
        self.max_episode_steps = description["maxEpisodeSteps"]
        self._session = self._call("POST", "/v1/sessions", {})["session"]

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        body = {key: value for key, value in (("seed", seed), ("options", options)) if value is not None}
        answer = self._call("POST", f"/v1/sessions/{self._session}/reset", body)
        return value_from_json(self.observation_space, answer["observation"]), answer["info"]

    def step(self, action):
        body = {"action": value_to_json(self.action_space, action)}
        answer = self._call("POST", f"/v1/sessions/{self._session}/step", body)
        observation = value_from_json(self.observation_space, answer["observation"])
        return observation, float(answer["reward"]), answer["terminated"], answer["truncated"], answer["info"]

    def close(self):
        session, self._session = self._session, None
        if session is not None:
            self._call("POST", f"/v1/sessions/{session}/close", {})
        self._connection.close()

    def _call(self, method, path, body=None):
        self._connection.request(method, path, None if body is None else json.dumps(body), self._headers)
        response = self._connection.getresponse()
        answer = json.loads(response.read())
        if response.status != 200:
            raise RuntimeError(f"GaiEnv: {answer['error']} ({response.status})")
        return answer


def space_from_json(json_space):
    """The space that the server describes."""
    kind = json_space["kind"]
    if kind == "Discrete":
        return spaces.Discrete(json_space["n"], start=json_space["start"])
    if kind == "MultiDiscrete":
        return spaces.MultiDiscrete(json_space["nvec"])
    if kind == "MultiBinary":
        shape = json_space["shape"]
        return spaces.MultiBinary(shape[0] if len(shape) == 1 else shape)
    if kind == "Text":
        return spaces.Text(
            json_space["maxLength"], min_length=json_space["minLength"], charset="".join(json_space["characters"])
        )
    if kind == "Dict":
        return spaces.Dict({key: space_from_json(one) for key, one in json_space["spaces"].items()})
    if kind == "Tuple":
        return spaces.Tuple([space_from_json(one) for one in json_space["spaces"]])
    if kind == "Box":
        shape, dtype = tuple(json_space["shape"]), np.dtype(json_space["dtype"])
        low, high = (bounds_from_json(json_space[key], shape) for key in ("low", "high"))
        return spaces.Box(low.astype(dtype), high.astype(dtype), shape, dtype)
    raise RuntimeError(f"GaiEnv: there is no space {kind!r} here.")


def bounds_from_json(bounds, shape):
    """One number for all elements, or one for each; infinite ones are texts."""
    if isinstance(bounds, list):
        return np.asarray([float(bound) for bound in bounds]).reshape(shape)
    return np.full(shape, float(bounds))


def value_from_json(space, value):
    """An element of a space: lists are flat, row by row."""
    if isinstance(space, spaces.Dict):
        return {key: value_from_json(one, value[key]) for key, one in space.spaces.items()}
    if isinstance(space, spaces.Tuple):
        return tuple(value_from_json(one, part) for one, part in zip(space.spaces, value))
    if isinstance(space, spaces.Discrete):
        return np.int64(value)
    if isinstance(space, spaces.Text):
        return value
    if np.issubdtype(space.dtype, np.integer):
        return np.asarray(value, space.dtype).reshape(space.shape)
    return np.asarray([float(number) for number in value], space.dtype).reshape(space.shape)


def value_to_json(space, value):
    """The inverse of `value_from_json`; numbers that JSON lacks are texts."""
    if isinstance(space, spaces.Dict):
        return {key: value_to_json(one, value[key]) for key, one in space.spaces.items()}
    if isinstance(space, spaces.Tuple):
        return [value_to_json(one, part) for one, part in zip(space.spaces, value)]
    if isinstance(space, spaces.Discrete):
        return int(value)
    if isinstance(space, spaces.Text):
        return str(value)
    if np.issubdtype(space.dtype, np.integer):
        return [int(number) for number in np.asarray(value).reshape(-1)]
    numbers = [float(number) for number in np.asarray(value).reshape(-1)]
    return [number if np.isfinite(number) else str(number) for number in numbers]
