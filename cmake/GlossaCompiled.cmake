# glossa_add_compiled(NAME HEADERS SOURCE): a static library that holds glossa's definitions, from the two lines of
# SOURCE; what links it sees only declarations. Built when something needs it.
function(glossa_add_compiled name headers source)
  add_library(${name} STATIC EXCLUDE_FROM_ALL "${source}")
  target_link_libraries(${name} PUBLIC ${headers})
  target_compile_definitions(${name} PUBLIC GLOSSA_COMPILED)
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
endfunction()
