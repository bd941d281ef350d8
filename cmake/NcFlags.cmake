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

if(NC_HARDEN)
  target_compile_options(nc_flags INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -D_GLIBCXX_ASSERTIONS
    -fstack-protector-strong -fstack-clash-protection -fcf-protection=full -fPIE)
  target_link_options(nc_flags INTERFACE -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)
endif()
