# family: source_bombs
# expect: syntax_error|memory_limit|time_limit|runtime_error|output_limit|wrong_answer
# levels: namespaces process
# after: nothing
# note: fifty megabytes of source
# generate: 'x = 1\n' * 8_000_000
