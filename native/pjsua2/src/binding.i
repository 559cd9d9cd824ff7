/* The stock binding of pjproject, and our functions beside it in the same module. */
/* an exception that says what went wrong when it is printed */
%extend pj::Error {
    std::string __str__() const { return $self->reason + " (" + $self->title + ")"; }
}

%include "pjsua2.i"

%{
#include "surface.hpp"
%}

%include "exception.i"
%exception cms_install {
    try {
        $action
    } catch (const std::exception &error) {
        SWIG_exception(SWIG_RuntimeError, error.what());
    }
}

%template(StringToLongMap) std::map<std::string, long>;
%immutable CmsFault::count;
%immutable CmsFault::kind;
%immutable CmsFault::peer;
%immutable CmsFault::detail;

%ignore cms_all_counts;
%ignore cms_fault_now;
%include "faults.h"
%include "in_dialogue.h"
%include "surface.hpp"
