"""A process of its own that learns as many steps as each line of its input says, with Stable-Baselines3; as ours.ts does."""
import json
import re
import sys
import time

import numpy as np
import torch

torch.set_num_threads(1)

import stable_baselines3
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.logger import configure
from stable_baselines3.common.noise import NormalActionNoise, OrnsteinUhlenbeckActionNoise
from stable_baselines3.common.vec_env import VecNormalize

settings = json.loads(sys.argv[1])


def snake_case(name):
    return re.sub(r'([A-Z])', lambda found: '_' + found[1].lower(), name)


def own(value):
    """Schedules and nested settings as Stable-Baselines3 takes them."""
    if isinstance(value, str) and value.startswith('lin_'):
        return lambda remaining, first=float(value[4:]): remaining * first
    if isinstance(value, dict):
        return {snake_case(name): own(one) for name, one in value.items()}
    return value


options = own(settings['options'])
envs = make_vec_env(settings['env'], n_envs=settings['numEnvs'], seed=settings['seed'])
if settings['normalize']:
    envs = VecNormalize(envs, gamma=options.get('gamma', 0.99))
if options.get('action_noise') is not None:
    noise = options['action_noise']
    every = {name: np.broadcast_to(noise[name], envs.action_space.shape).astype(np.float64) for name in ('mean', 'sigma')}
    if noise['kind'] == 'normal':
        options['action_noise'] = NormalActionNoise(**every)
    else:
        initial = np.broadcast_to(noise['initial_noise'], envs.action_space.shape)
        options['action_noise'] = OrnsteinUhlenbeckActionNoise(**every, theta=noise['theta'], dt=noise['dt'], initial_noise=initial)
agent = getattr(stable_baselines3, settings['agent'].upper())('MlpPolicy', envs, device='cpu', seed=settings['seed'], **options)
agent.set_logger(configure(None, []))
agent.num_timesteps = 0

for line in sys.stdin:
    before, began = agent.num_timesteps, time.process_time()
    agent.learn(int(line), reset_num_timesteps=False, log_interval=4 if settings['agent'] != 'ppo' else 1)
    spent = (time.process_time() - began) * 1000
    returns = [episode['r'] for episode in agent.ep_info_buffer]
    block = {'steps': agent.num_timesteps - before, 'processorMs': spent, 'meanReturn': float(np.mean(returns)) if returns else None}
    print(json.dumps(block), flush=True)
