# family: frames_and_gc
# expect: wrong_answer|runtime_error
# levels: namespaces process
# after: nothing
# note: walks the frames of its own traceback

def merge(a, b):
    try:
        1 // 0
    except ZeroDivisionError as error:
        frame = error.__traceback__.tb_frame.f_back
    return [str(frame.f_locals.get('request', {}).get('expected', 'nothing'))]
