"""Redis, Celery and the channel layer."""

from __future__ import annotations

from console.settings.environment import env

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")

# Shared by all processes, so that request rates are counted once.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "lifeguard",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}
CHANNEL_LAYERS = {
    "default": {
        # The pub/sub layer has half the latency of the list layer at 500 viewers.
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL]},
    }
}

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    # A person waits for the answer while a task is queued: one try, a second for a host that is
    # silent, some more for a Redis that is stuck. The row stands, so nothing is lost. Workers have
    # retries of their own.
    "max_retries": 0,
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_DEFAULT_QUEUE = "operations"
CELERY_TASK_ROUTES = {
    # A person waits for it, so it does not queue behind the inventories.
    "pools.tasks.sync_user_details": {"queue": "operations"},
    "pools.tasks.sweep_*": {"queue": "checks"},
    "pools.tasks.sync_*": {"queue": "checks"},
    "pools.tasks.check_*": {"queue": "checks"},
    "migrations_ui.tasks.run_migration": {"queue": "transfers"},
    "migrations_ui.tasks.verification": {"queue": "transfers"},
    "migrations_ui.tasks.purge_retained": {"queue": "transfers"},
    "migrations_ui.tasks.*": {"queue": "operations"},
}
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_TIMEZONE = "UTC"
DJANGO_CELERY_BEAT_TZ_AWARE = True
