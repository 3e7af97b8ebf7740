# family: source_bombs
# expect: syntax_error
# levels: namespaces process
# after: nothing
# note: functions nested deep
# generate: ''.join(' ' * n + f'def f{n}():\n' for n in range(200)) + ' ' * 200 + 'pass'
