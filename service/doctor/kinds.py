"""What the doctor can find: how grave it is, and what it says and advises, in English and Chinese.

An error blocks a start, a warning makes trouble or blocks a step of a period, a note is only said. Codes never change.
"""

from typing import Literal, NamedTuple

Level = Literal["error", "warning", "note"]


class Kind(NamedTuple):
    """A kind of finding."""

    level: Level
    en: str
    zh: str
    do_en: str
    do_zh: str


KINDS: dict[str, Kind] = {
    "settings.wrong": Kind("error", "A setting can't work: {why}", "设置有误：{why}", "Correct it; docs/settings.md lists what each may be.", "请更正；各项设置可取的值见 docs/settings.md。"),
    "settings.threads": Kind("warning", "A process serves {threads} requests at once, but has {pool} database connections: the others wait.", "每个进程同时处理 {threads} 个请求，却只有 {pool} 个数据库连接，其余请求须等待。", "Raise JIFEN_POOL_SIZE to JIFEN_THREADS, or lower the latter.", "请将 JIFEN_POOL_SIZE 提高到 JIFEN_THREADS，或降低后者。"),
    "settings.keys": Kind("warning", "{tenant}: secrets of webhooks are stored as they are: JIFEN_WEBHOOK_KEYS is empty.", "{tenant}：Webhook 密钥未加密存储：JIFEN_WEBHOOK_KEYS 为空。", "Set a key (docs/webhooks.md).", "请设置密钥（见 docs/webhooks.zh-CN.md）。"),
    "data.folder": Kind("error", "The folder {folder} can't be written to: {why}.", "目录 {folder} 不可写：{why}。", "Let the service's user own it, or name another by JIFEN_DATA.", "请将其归服务用户所有，或用 JIFEN_DATA 指定其他目录。"),
    "data.space": Kind("warning", "Only {free} MiB are free where {folder} is.", "目录 {folder} 所在磁盘仅剩 {free} MiB。", "Free some or move the folder: a database that can't write stops.", "请清理或迁移该目录：数据库无法写入时将停止。"),
    "address.taken": Kind("error", "Another program listens on {address}.", "{address} 已被其他程序占用。", "Stop it, or choose another JIFEN_PORT.", "请停止该程序，或另选 JIFEN_PORT。"),
    "address.wrong": Kind("error", "Nothing can listen on {address}: {why}.", "无法在 {address} 上监听：{why}。", "JIFEN_HOST must be an address of this machine.", "JIFEN_HOST 必须是本机地址。"),
    "database.none": Kind("note", "There is no embedded database in {folder} yet; the first start makes it.", "{folder} 中尚无内置数据库；首次启动时创建。", "Nothing; or set DATABASE_URL if a database of yours is meant.", "无需处理；如应使用自有数据库，请设置 DATABASE_URL。"),
    "database.embedded": Kind("error", "The embedded database doesn't start: {why}", "内置数据库无法启动：{why}", "Its log is in postgres/log in JIFEN_DATA.", "日志见 JIFEN_DATA 中的 postgres/log。"),
    "database.unreachable": Kind("error", "The database can't be reached: {why}", "无法连接数据库：{why}", "Check DATABASE_URL, the network, the password and whether the server runs.", "请检查 DATABASE_URL、网络、密码以及服务器是否运行。"),
    "database.url": Kind("error", "DATABASE_URL or JIFEN_OWNER_URL is no address of a PostgreSQL database.", "DATABASE_URL 或 JIFEN_OWNER_URL 不是 PostgreSQL 数据库地址。", "Write postgresql://user:password@host:5432/name, special characters percent-encoded.", "格式为 postgresql://user:password@host:5432/name，特殊字符须百分号编码。"),
    "database.role": Kind("error", "The user of DATABASE_URL may not act as the role jifen_service: {why}", "DATABASE_URL 的用户不能以角色 jifen_service 操作：{why}", "Run `jifen migrate` as the owner; it makes the role and grants it.", "请以属主身份运行 `jifen migrate`，它会创建并授予该角色。"),
    "database.version": Kind("error", "The server is PostgreSQL {version}; 15 or later is needed.", "服务器为 PostgreSQL {version}，须 15 或更高版本。", "Upgrade it.", "请升级。"),
    "database.isolation": Kind("error", "The role jifen_service may pass by row-level security: tenants could see each other.", "角色 jifen_service 可绕过行级安全策略，租户之间可能互见。", "ALTER ROLE jifen_service NOSUPERUSER NOBYPASSRLS.", "请执行 ALTER ROLE jifen_service NOSUPERUSER NOBYPASSRLS。"),
    "database.durability": Kind("error", "The server has {setting} off: what was acknowledged can be lost.", "服务器关闭了 {setting}：已确认的数据可能丢失。", "Turn it on in postgresql.conf.", "请在 postgresql.conf 中开启。"),
    "database.clock": Kind("warning", "The database's clock is {seconds} seconds off this machine's.", "数据库时钟与本机相差 {seconds} 秒。", "Let both follow the same time server: days and deadlines are read from clocks.", "请让两者使用同一时间服务器：日期与期限均取自时钟。"),
    "connections.few": Kind("warning", "The service may open {needed} connections; the server allows {most}.", "服务最多使用 {needed} 个连接，服务器只允许 {most} 个。", "Lower JIFEN_POOL_SIZE or JIFEN_WORKERS, or raise max_connections.", "请降低 JIFEN_POOL_SIZE 或 JIFEN_WORKERS，或提高 max_connections。"),
    "connections.used": Kind("warning", "{used} of the server's {most} connections are taken.", "服务器 {most} 个连接已占用 {used} 个。", "See who holds them in pg_stat_activity, or raise max_connections.", "请在 pg_stat_activity 中查看占用者，或提高 max_connections。"),
    "schema.behind": Kind("error", "The schema is at {number}; this version needs {needed}.", "数据库结构为 {number}，本版本需要 {needed}。", "Run `jifen migrate` as the owner.", "请以属主身份运行 `jifen migrate`。"),
    "schema.ahead": Kind("note", "The schema is at {number}, expanded since this version, which needs {needed}; it works over it.", "数据库结构为 {number}，在本版本（需要 {needed}）之后有所扩充；本版本可在其上运行。", "Nothing, in the middle of an upgrade (docs/upgrade.md); else start the newer version.", "升级过程中无需处理（见 docs/upgrade.zh-CN.md）；否则请启动更新的版本。"),
    "work.behind": Kind("warning", "{tenant}: what was written {seconds} seconds ago has no place in the hash chain yet.", "{tenant}：{seconds} 秒前写入的内容尚未进入哈希链。", "Let `jifen work` run; its log says what hinders it.", "请运行 `jifen work`；其日志说明受阻原因。"),
    "proof.wrong": Kind("warning", "{tenant}: when {of} was last proven, {wrong} differed.", "{tenant}：最近一次核验 {of} 时，有 {wrong} 处不符。", "Run `jifen verify` and `jifen audit verify`; docs/proof.md says what each line means.", "请运行 `jifen verify` 与 `jifen audit verify`；各行含义见 docs/proof.md。"),
    "calendar.missing": Kind("warning", "{tenant}: the working days of {year} are not known; a notice or deadline that needs them is refused.", "{tenant}：{year} 年的工作日未知；需要工作日的公示与期限将被拒绝。", "State them by PUT /v1/calendar/{year} once they are announced.", "公布后请用 PUT /v1/calendar/{year} 录入。"),
    "webhooks.failing": Kind("warning", "{tenant}: {count} webhooks fail.", "{tenant}：{count} 个 webhook 投递失败。", "GET /v1/webhooks says which; its deliveries say why.", "GET /v1/webhooks 可查是哪些，其投递记录说明原因。"),
    "period.blocked": Kind("warning", "{tenant}: {rulebook} {period} can't be taken to {step}: {why}", "{tenant}：{rulebook} {period} 不能进入 {step}：{why}", "GET /v1/periods/{period}/checklist says all that blocks, and what can be forced.", "GET /v1/periods/{period}/checklist 列出全部阻碍及可强制的项目。"),
}  # fmt: skip


class Found(NamedTuple):
    """Something that was found."""

    code: str
    values: dict[str, str]
    values_zh: dict[str, str]

    @property
    def level(self) -> Level:
        """How grave it is."""
        return KINDS[self.code].level

    def json(self) -> dict[str, str]:
        """As it is printed for programs: a sentence and an advice in each language."""
        kind = KINDS[self.code]
        return {
            "level": kind.level,
            "code": self.code,
            "en": kind.en.format_map(self.values),
            "zh": kind.zh.format_map(self.values_zh),
            "do_en": kind.do_en.format_map(self.values),
            "do_zh": kind.do_zh.format_map(self.values_zh),
        }


def found(code: str, zh: dict[str, object] | None = None, /, **values: object) -> Found:
    """A finding of that kind; `zh` are values that are words themselves, in Chinese."""
    said = {key: str(value) for key, value in values.items()}
    return Found(code, said, said | {key: str(value) for key, value in (zh or {}).items()})
