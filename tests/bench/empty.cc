// What a program costs that links what fleet links and does nothing.
int main() {}
