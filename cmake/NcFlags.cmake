# Flags of every target, in one interface library.
include_guard()
add_library(nc_flags INTERFACE)
target_compile_options(nc_flags INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
  -Wold-style-cast -Woverloaded-virtual -Wno-missing-field-initializers -fno-omit-frame-pointer)

find_program(NC_MOLD mold)
if(NC_MOLD)
  target_link_options(nc_flags INTERFACE -fuse-ld=mold)
endif()

if(NC_SANITIZE)
  target_compile_options(nc_flags INTERFACE -fsanitize=${NC_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(nc_flags INTERFACE -fsanitize=${NC_SANITIZE})
endif()

if(NC_FUZZ)
  target_compile_options(nc_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

# What is not shipped (nc_not_shipped) is compiled quickly: there is as much of it as of the product, and it runs once.
function(nc_not_shipped target)
  set_target_properties(${target} PROPERTIES NC_NOT_SHIPPED ON)
endfunction()
set(not_shipped $<BOOL:$<TARGET_PROPERTY:NC_NOT_SHIPPED>>)

if(NC_HARDEN)
  target_compile_options(nc_flags INTERFACE -D_GLIBCXX_ASSERTIONS -fPIE
    "$<${not_shipped}:-O0>"
    "$<$<NOT:${not_shipped}>:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=3;-fstack-protector-strong;-fstack-clash-protection;-fcf-protection=full>")
  target_link_options(nc_flags INTERFACE -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
endif()
