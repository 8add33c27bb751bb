"""C++ names for readers."""


def demangle(name: str) -> str:
    """A C++ symbol as its source has it, without arguments; another name as it is."""
    if not name.startswith("_Z"):
        return name
    import cxxfilt

    try:
        text = str(cxxfilt.demangle(name))
    except cxxfilt.Error:
        return name
    return text.replace("(anonymous namespace)::", "").partition("(")[0]
