#include "cli/main.hpp"

int main(int argc, char** argv) {
    return turntable::cli::run(argc, argv);
}
