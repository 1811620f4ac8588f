// Nothing: the target that this belongs to is there for its precompiled headers.
