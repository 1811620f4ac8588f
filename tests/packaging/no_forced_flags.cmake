# Fails where linking glossa's targets would change how a consumer's code is compiled or linked.
foreach(target IN ITEMS glossa::glossa glossa::compiled)
  foreach(property IN ITEMS INTERFACE_COMPILE_OPTIONS INTERFACE_LINK_OPTIONS)
    get_target_property(value ${target} ${property})
    if(value)
      message(FATAL_ERROR "${target} has ${property} ${value}; expected none")
    endif()
  endforeach()
endforeach()
