# The image of Jifen: a virtual environment built in one stage, run by an ordinary user in the other.

ARG JIFEN_HOME=/opt/jifen

FROM python:3.11-slim AS build
ARG JIFEN_HOME
WORKDIR /src
COPY requirements.txt requirements-build.txt ./
RUN python -m venv tools \
    && tools/bin/pip install --require-hashes -r requirements-build.txt
RUN python -m venv --without-pip "$JIFEN_HOME" \
    && tools/bin/pip --python "$JIFEN_HOME/bin/python" install --require-hashes -r requirements.txt
COPY pyproject.toml README.md ./
COPY service service
COPY schemas schemas
COPY sql sql
COPY oracle oracle
COPY examples examples
RUN tools/bin/pip wheel --no-deps --no-build-isolation --wheel-dir dist . \
    && tools/bin/pip --python "$JIFEN_HOME/bin/python" install --no-deps dist/*.whl

FROM python:3.11-slim
ARG JIFEN_HOME
RUN useradd --system --uid 10001 --home-dir /var/lib/jifen --create-home --shell /usr/sbin/nologin jifen
COPY --from=build $JIFEN_HOME $JIFEN_HOME
ENV PATH=$JIFEN_HOME/bin:$PATH PYTHONUNBUFFERED=1 JIFEN_HOST=0.0.0.0 JIFEN_DATA=/var/lib/jifen
WORKDIR /var/lib/jifen
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ.get('JIFEN_PORT', '8000') + '/healthz', timeout=4)"]
ENTRYPOINT ["jifen"]
CMD ["serve"]
