"""Control flow of circuits as source: `StepsWithFlow`."""

from __future__ import annotations

from tests.fuzz.steps import Steps


class StepsWithFlow(Steps):
    """Writes instructions of a circuit, those with blocks in them too."""

    def control_flow(self, depth: int) -> None:
        """Write an instruction with blocks in it."""
        choices = self._choices
        if not self.classical.bits:
            return
        before, self._is_inside = self._is_inside, True
        if choices.chance(40):
            self._measure(depth)
        kinds = {self._if: 5.0, self._switch: 2.0, self._for: 2.0}
        if self._profile.has_whiles:
            kinds[self._while] = 1.5
        if self._profile.has_boxes:
            kinds[self._box] = 0.3
        choices.weighted(kinds)(depth - 1)
        self._is_inside = before

    def _body(self, depth: int) -> None:
        for _ in range(self._choices.between(0 if self._choices.chance(10) else 1, 3)):
            self.step(depth)

    def _condition(self) -> str:
        choices, classical = self._choices, self.classical
        kind = choices.weighted({"bit": 3, "register": 2, "expression": 3})
        if kind == "bit":
            return f"({choices.one_of(classical.bits)}, {choices.below(2)})"
        if kind == "register" and classical.registers:
            register = choices.one_of(list(classical.registers))
            return f"({register}, {choices.below(2 ** classical.registers[register])})"
        return classical.boolean(choices)

    def _if(self, depth: int) -> None:
        name = self._name
        head = f"with {name}.if_test({self._condition()})"
        if self._choices.chance(40):
            with self._lines.block(f"{head} as otherwise:"):
                self._body(depth)
            with self._lines.block("with otherwise:"):
                self._body(depth)
        else:
            with self._lines.block(f"{head}:"):
                self._body(depth)

    def _switch(self, depth: int) -> None:
        choices, classical = self._choices, self.classical
        if classical.registers and choices.chance(60):
            target = choices.one_of(list(classical.registers))
            size = classical.registers[target]
        elif choices.chance(50):
            target, size = choices.one_of(classical.bits), 1
        else:
            target, size = classical.number(choices)
        values = choices.some(range(min(2**size, 8)), min(2**size, choices.between(1, 3)))
        with self._lines.block(f"with {self._name}.switch({target}) as case:"):
            while values:
                own, values = values[: choices.between(1, 2)], values[2:]
                with self._lines.block(f"with case({', '.join(map(str, own))}):"):
                    self._body(depth)
            if choices.chance(60):
                with self._lines.block("with case(case.DEFAULT):"):
                    self._body(depth)

    def _for(self, depth: int) -> None:
        choices = self._choices
        indices = choices.one_of(("range(2)", "range(1, 6, 2)", "(0, 3, 1)", "range(0)", "[2]"))
        has_parameter = choices.chance(40)
        loop = f"i{len(self._loops)}"
        suffix = f" as {loop}" if has_parameter else ""
        self._loops.append("for")
        if has_parameter:
            self._loop_parameters.append(loop)
        with self._lines.block(f"with {self._name}.for_loop({indices}){suffix}:"):
            self._body(depth)
        if has_parameter:
            self._loop_parameters.remove(loop)
        self._loops.pop()

    def _while(self, depth: int) -> None:
        choices, name, classical = self._choices, self._name, self.classical
        bit = choices.one_of(classical.bits)
        self._loops.append("while")
        with self._lines.block(f"with {name}.while_loop(({bit}, 1)):"):
            self._body(depth)
            if self._profile.has_stores and choices.chance(50):
                self._lines.add(f"{name}.store({bit}, expr.lift(False))")
            else:
                qubit = self.qubit()
                self._lines.add(f"{name}.reset({qubit})")
                if choices.chance(40) and "h" in self._gates:
                    self._lines.add(f"{name}.h({qubit})")
                self._lines.add(f"{name}.measure({qubit}, {classical.bits.index(bit)})")
        self._loops.pop()

    def _box(self, depth: int) -> None:
        with self._lines.block(f"with {self._name}.box():"):
            self._body(depth)

    def leave_loop(self, depth: int) -> None:
        """Write what may leave a loop, or go on with its next turn."""
        # A "continue" in a "while" would skip what ends it.
        with self._lines.block(f"with {self._name}.if_test({self._condition()}):"):
            if depth and self._choices.chance(50):
                self.step(0)
            is_endless = self._loops[-1] == "while"
            word = "break" if is_endless or self._choices.chance(50) else "continue"
            self._lines.add(f"{self._name}.{word}_loop()")
