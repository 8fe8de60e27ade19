from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pools.gateways.parsing.hadr_show import HadrMember, parse
from tests.pools.gateways.parsing.rendering import (
    DOMINO_NAMES,
    PREFIXES,
    WORD,
    blocks,
    printed,
    table,
)

FIELDS = [
    "Domino Name",
    "ID",
    "Host Name",
    "IP:SrvrPort,SrvltPort",
    "Alive",
    "Availability Index",
    "Number of Users",
    "Colour",
]
PORTS = st.integers(1, 65535)


def members() -> st.SearchStrategy[HadrMember]:
    return st.builds(
        HadrMember,
        domino_name=DOMINO_NAMES,
        server_id=WORD,
        host_name=WORD,
        ip_address=st.ip_addresses().map(str),
        server_port=PORTS,
        servlet_port=PORTS,
        alive=st.booleans(),
        availability_index=st.integers(-200, 100),
        users=st.integers(0, 99_999),
        other=st.builds(lambda word: (("Colour", word),), WORD),
    )


def row(member: HadrMember) -> dict[str, str]:
    return {
        "Domino Name": member.domino_name,
        "ID": member.server_id,
        "Host Name": member.host_name,
        "IP:SrvrPort,SrvltPort": f"{member.ip_address}:{member.server_port},{member.servlet_port}",
        "Alive": str(member.alive),
        "Availability Index": str(member.availability_index),
        "Number of Users": str(member.users),
        "Colour": dict(member.other)["Colour"],
    }


@given(
    st.lists(members(), min_size=1, max_size=4),
    st.permutations(FIELDS),
    st.sampled_from(PREFIXES),
    st.sampled_from(["", " | ", "\t"]),
    st.booleans(),
)
def test_a_printed_table_is_read_back_in_any_order(
    shown: list[HadrMember], names: list[str], prefix: str, separator: str, noise: bool
) -> None:
    text = printed(table([row(m) for m in shown], names, separator=separator), prefix, noise=noise)
    read = parse(text)
    assert list(read.members) == shown
    assert read.unread == ()


@given(
    st.lists(members(), min_size=1, max_size=4),
    st.permutations(FIELDS),
    st.sampled_from(PREFIXES),
    st.sampled_from([": ", " = ", "="]),
    st.booleans(),
)
def test_printed_blocks_are_read_back_in_any_order(
    shown: list[HadrMember], names: list[str], prefix: str, sign: str, noise: bool
) -> None:
    # An unknown field before any known one belongs to nothing yet.
    names = [name for name in names if name != "Colour"] + ["Colour"]
    text = printed(blocks([row(m) for m in shown], names, sign=sign), prefix, noise=noise)
    read = parse(text)
    assert list(read.members) == shown
    assert read.unread == ()


@given(st.text())
def test_any_text_is_taken(text: str) -> None:
    parse(text)


@given(
    st.lists(st.sampled_from([*FIELDS, "CN=a/O=b", ":", "=", " ", "  ", "|", "\n", "True", "1"]))
)
def test_any_mix_of_its_own_words_is_taken(words: list[str]) -> None:
    read = parse("".join(words))
    assert all(member.domino_name for member in read.members)


def test_an_empty_cell_is_recognised_by_its_position() -> None:
    read = parse(
        "Domino Name      ID  Host Name   Alive\n"
        "---------------  --  ----------  -----\n"
        "CN=trav1/O=Acme  1   trav1.acme  True\n"
        "CN=trav2/O=Acme      trav2.acme  False\n"
    )
    assert [member.server_id for member in read.members] == ["1", ""]
    assert [member.alive for member in read.members] == [True, False]


def test_single_spaces_do_when_the_header_has_no_more() -> None:
    read = parse("Domino Name ID Host Name Alive\nCN=trav1/O=Acme 1 trav1.acme True")
    assert read.members[0].host_name == "trav1.acme"


def test_what_cannot_be_read_is_said() -> None:
    read = parse(
        "HADR is fun\nDomino Name: CN=trav1/O=Acme\nAlive: perhaps\nIP:SrvrPort,SrvltPort: nowhere"
    )
    assert read.members[0].alive is None
    assert read.members[0].server_port is None
    assert set(read.unread) == {"HADR is fun", "alive: perhaps", "address: nowhere"}


def test_fields_without_a_name_are_no_member() -> None:
    read = parse("Alive: True\nHost Name: x")
    assert read.members == ()
    assert len(read.unread) == 2


def test_an_answer_of_a_standalone_server_has_no_members() -> None:
    read = parse("Traveler: High availability is not configured on this server.")
    assert read.members == ()
    assert read.unread == ("High availability is not configured on this server.",)


HEAD = "Domino Name          ID    Host Name         IP:SrvrPort,SrvltPort     Alive\n"


def test_a_name_wider_than_its_column_drops_no_member() -> None:
    """Case 12."""
    read = parse(
        HEAD
        + "CN=trav1/OU=Servers/OU=EMEA/O=Example 1 trav1.example.com 10.0.0.1:50125,50126 True\n"
        + "CN=trav2/O=Example   2     trav2.example.com 10.0.0.2:50125,50126      False\n"
    )
    assert read.unread == ()
    one, two = read.members
    assert one.domino_name == "CN=trav1/OU=Servers/OU=EMEA/O=Example"
    assert (one.server_id, one.host_name, one.alive) == ("1", "trav1.example.com", True)
    assert (one.ip_address, one.server_port, one.servlet_port) == ("10.0.0.1", 50125, 50126)
    assert (two.domino_name, two.server_id, two.alive) == ("CN=trav2/O=Example", "2", False)


@given(
    st.lists(st.from_regex(r"[A-Za-z0-9]{1,12}", fullmatch=True), min_size=1, max_size=6).map(
        " ".join
    ),
    st.integers(1, 20),
    st.sampled_from(["10.0.0.1", "fe80::1", "[fe80::1]"]),
    st.sampled_from(["True", "False"]),
    st.sampled_from([" ", "  ", "      "]),
)
def test_names_with_blanks_of_any_width_are_read(
    name: str, number: int, address: str, alive: str, gap: str
) -> None:
    cells = [f"CN={name}/O=My Company", str(number), "trav.example.com", f"{address}:1,2", alive]
    (member,) = parse(HEAD + gap.join(cells)).members
    assert member.domino_name == cells[0]
    assert (member.server_id, member.host_name) == (cells[1], cells[2])
    assert member.alive is (alive == "True")
