/* The same queue in plain C, as one would write it: a binary heap of departures, a queue that is searched when an agent is free,
   abandonment noticed then. Times are whole microseconds; patience that ends at the moment of the answer is long enough. */
#include <stdint.h>
#include <stdlib.h>

static int64_t pop(int64_t *heap, long *size) {
    int64_t least = heap[0], value = heap[--*size];
    long i = 0, child = 1;
    while (child < *size) {
        if (child + 1 < *size && heap[child + 1] < heap[child]) child++;
        if (heap[child] >= value) break;
        heap[i] = heap[child];
        i = child;
        child = 2 * i + 1;
    }
    heap[i] = value;
    return least;
}

static void push(int64_t *heap, long *size, int64_t value) {
    long i = (*size)++;
    while (i > 0 && heap[(i - 1) / 2] > value) {
        heap[i] = heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    heap[i] = value;
}

/* outcome: 0 handled, 1 abandoned */
void play(long n, long agents, const int64_t *arrival, const int64_t *handle, const int64_t *patience, int64_t *outcome,
          int64_t *wait) {
    int64_t *busy = malloc((agents + 1) * sizeof *busy);
    long working = 0, head = 0, next = 0; /* contacts head .. next - 1 may be waiting */
    while (next < n || head < next) {
        if (working && (next >= n || busy[0] <= arrival[next])) {
            int64_t now = pop(busy, &working);
            while (head < next) {
                long i = head++;
                if (arrival[i] + patience[i] < now) {
                    outcome[i] = 1;
                    wait[i] = patience[i];
                } else {
                    outcome[i] = 0;
                    wait[i] = now - arrival[i];
                    push(busy, &working, now + handle[i]);
                    break;
                }
            }
        } else if (next < n) {
            if (working < agents) {
                outcome[next] = 0;
                wait[next] = 0;
                push(busy, &working, arrival[next] + handle[next]);
                head = next + 1;
            }
            next++;
        } else {
            break;
        }
    }
    free(busy);
}
