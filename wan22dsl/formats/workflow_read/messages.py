"""What we have to say about the form of workflow JSON, worded in one place."""

from __future__ import annotations

from wan22dsl.diagnostics import Message, Severity

_GOOD = """\
{
    "nodes": [
        {"id": 1, "type": "LoadImage", "mode": 0, "inputs": [],
            "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": [1]}],
            "widgets_values": ["start.png", "image"]},
        {"id": 2, "type": "PreviewImage", "mode": 0,
            "inputs": [{"name": "images", "type": "IMAGE", "link": 1}], "outputs": []}
    ],
    "links": [[1, 1, 0, 2, 0, "IMAGE"]],
    "version": 0.4
}
"""

BROKEN_WORKFLOW = Message(
    code="WAN558",
    name="broken-workflow",
    severity=Severity.ERROR,
    summary="Workflow JSON is damaged",
    text="{what}.",
    why="ComfyUI's editor cannot open this workflow, or silently loses a part of it.",
    help="Open the workflow in ComfyUI, if possible, and save it again.",
    bad='{"nodes": [{"id": 1, "inputs": []}], "links": [], "version": 0.4}\n',
    good=_GOOD,
    source="Comfy-Org/ComfyUI_frontend, workflowSchema",
)

SUBGRAPH_IN_ITSELF = Message(
    code="WAN559",
    name="subgraph-in-itself",
    severity=Severity.ERROR,
    summary="A subgraph contains itself",
    text="The subgraph {name} contains itself{way}.",
    why="It would never end; ComfyUI's editor cannot make a prompt of it.",
    help="Remove the inner instance.",
    bad="""\
{
    "nodes": [{"id": 1, "type": "own", "mode": 0}],
    "links": [],
    "definitions": {"subgraphs": [
        {"id": "own", "name": "Own", "nodes": [{"id": 2, "type": "own", "mode": 0}], "links": []}
    ]},
    "version": 0.4
}
""",
    good=_GOOD,
)

TOO_MANY_NODES = Message(
    code="WAN560",
    name="too-many-nodes",
    severity=Severity.ERROR,
    summary="A workflow has too many nodes",
    text="The workflow has more than {most} nodes{counted}.",
    why=(
        "The largest workflows that are known have a few hundred. Each instance of a subgraph adds all of "
        "its nodes, and nested subgraphs multiply them."
    ),
    help="Split the workflow, or use a subgraph that holds many nodes less often.",
)

LOST_LINK = Message(
    code="WAN561",
    name="lost-link",
    severity=Severity.WARNING,
    summary="The link of an input is missing in the file",
    text="`{input}` of {node} names link {link}, {what}.",
    why="ComfyUI's editor drops such a link when it opens the workflow, or refuses to run it.",
    help="Link the input again in ComfyUI, and save the workflow.",
    bad="""\
{
    "nodes": [
        {"id": 2, "type": "PreviewImage", "mode": 0,
            "inputs": [{"name": "images", "type": "IMAGE", "link": 1}], "outputs": []}
    ],
    "links": [],
    "version": 0.4
}
""",
    good=_GOOD,
)

LINKS_IN_A_CIRCLE = Message(
    code="WAN562",
    name="links-in-a-circle",
    severity=Severity.ERROR,
    summary="A link leads back to itself through reroutes or subgraphs",
    text="The link of `{input}` of {node} leads back to itself, through reroutes or subgraphs.",
    why="The link has no source; ComfyUI's editor cannot make a prompt of it.",
    help="Link one of the reroutes to its source.",
    bad="""\
{
    "nodes": [
        {"id": 1, "type": "Reroute", "mode": 0, "inputs": [{"name": "", "type": "*", "link": 1}],
            "outputs": [{"name": "", "type": "IMAGE", "links": [1, 2]}]},
        {"id": 2, "type": "PreviewImage", "mode": 0,
            "inputs": [{"name": "images", "type": "IMAGE", "link": 2}], "outputs": []}
    ],
    "links": [[1, 1, 0, 1, 0, "*"], [2, 1, 0, 2, 0, "IMAGE"]],
    "version": 0.4
}
""",
    good=_GOOD,
)

GET_WITHOUT_SET = Message(
    code="WAN563",
    name="get-without-set",
    severity=Severity.WARNING,
    summary="A Get node reads a name that no Set node sets",
    text="{node} gets `{name}`, which no node of the graph sets.",
    why="It has no value: nodes that are linked to it run without that input, or not at all.",
    help="{help}",
    bad="""\
{
    "nodes": [
        {"id": 1, "type": "GetNode", "mode": 0, "inputs": [], "widgets_values": ["picture"],
            "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": [1]}]},
        {"id": 2, "type": "PreviewImage", "mode": 0,
            "inputs": [{"name": "images", "type": "IMAGE", "link": 1}], "outputs": []}
    ],
    "links": [[1, 1, 0, 2, 0, "IMAGE"]],
    "version": 0.4
}
""",
    good=_GOOD,
    source="kijai/ComfyUI-KJNodes, setgetnodes.js",
)

NO_SUCH_SUBGRAPH = Message(
    code="WAN564",
    name="no-such-subgraph",
    severity=Severity.ERROR,
    summary="A node is an instance of a subgraph that is missing",
    text="{node} is an instance of a subgraph that is not in the file.",
    why="Its nodes and settings are lost; ComfyUI's editor shows it as a missing node.",
    help="Save the workflow again in ComfyUI, from its outermost graph.",
    bad="""\
{
    "nodes": [
        {"id": 1, "type": "5f0cf4ae-8b9f-4b53-a8b8-2b4ce0e1a7de", "mode": 0, "inputs": []}
    ],
    "links": [],
    "version": 0.4
}
""",
    good=_GOOD,
)

SEED_WITHOUT_ENTRY = Message(
    code="WAN565",
    name="seed-without-entry",
    severity=Severity.ERROR,
    summary="The entry after a seed is missing in a workflow",
    text="The seed of {node} is followed by {value}, not by its mode after a run.",
    why=(
        "ComfyUI's editor saves an entry such as `fixed` after each seed. Without it, the next "
        "value is read as the mode, and all later ones go to the wrong widgets. Here they are "
        "read as intended."
    ),
    help='Write "fixed" after the seed.',
    bad="""\
{
    "nodes": [{"id": 1, "type": "RandomNoise", "mode": 0, "inputs": [],
        "outputs": [{"name": "NOISE", "type": "NOISE", "links": []}],
        "widgets_values": [7, 4]}],
    "links": [],
    "version": 0.4
}
""",
    good=_GOOD,
    source="Comfy-Org/ComfyUI_frontend, useIntWidget",
)

OTHER_VERSION = Message(
    code="WAN566",
    name="saved-by-another-version",
    severity=Severity.WARNING,
    summary="A node was saved with another version of its class",
    text="{nodes} {were} saved with another version of {their} class than {known}: {what}.",
    why=(
        "The editor puts the values of such a node into the wrong fields, or drops them. The "
        "node is not checked further, because only its own version knows the correct values. For "
        "the class of a pack it is a note: the pack that is installed may be the one of the file."
    ),
    help="Check {their} fields in the editor{or_target}.",
    bad="""\
{
    "nodes": [
        {"id": 1, "type": "RandomNoise", "mode": 0, "inputs": [],
            "outputs": [{"name": "NOISE", "type": "NOISE", "links": []},
                {"name": "SEED", "type": "INT", "links": [1]}],
            "widgets_values": [7, "fixed"]},
        {"id": 2, "type": "PreviewAny", "mode": 0, "outputs": [],
            "inputs": [{"name": "source", "type": "*", "link": 1}]}
    ],
    "links": [[1, 1, 1, 2, 0, "INT"]],
    "version": 0.4
}
""",
    good=_GOOD,
)

OTHER_WIDGETS = Message(
    code="WAN575",
    name="group-of-other-widgets",
    severity=Severity.WARNING,
    summary="A group node has another number of values than its group has widgets",
    text="{node} has {has} values, and the nodes of its group have {wanted}.",
    why=(
        "Which value belongs to which node is not known, so the nodes have the values that they had when "
        "the group was made."
    ),
    help="Open the workflow in ComfyUI, check the values of the group, and save it again.",
    bad="""\
{
    "nodes": [
        {"id": 1, "type": "workflow>pair", "mode": 0, "inputs": [], "outputs": [],
            "widgets_values": ["start.png"]}
    ],
    "links": [],
    "extra": {"groupNodes": {"pair": {
        "nodes": [
            {"type": "LoadImage", "inputs": [],
                "outputs": [{"name": "IMAGE", "type": "IMAGE"}, {"name": "MASK", "type": "MASK"}],
                "widgets_values": ["start.png", "image"]},
            {"type": "PreviewImage", "inputs": [{"name": "images", "type": "IMAGE"}], "outputs": []}
        ],
        "links": [[0, 0, 1, 0, 1, "IMAGE"]], "external": []
    }}},
    "version": 0.4
}
""",
    good=_GOOD,
    source="Comfy-Org/ComfyUI_frontend, groupNode",
)
