/* Three types and three groups in plain C, as one would write it: a binary heap of departures, rings of idle agents by group and of
   waiting contacts by type, abandonment noticed when an agent looks. Any number of types and groups. Times are whole microseconds;
   patience that ends at the moment of the answer is long enough; of equal departures the contact that came first is done first. */
#include <stdint.h>
#include <stdlib.h>

struct departure { int64_t at; int64_t contact; int64_t group; };

static int before(const struct departure *a, const struct departure *b) {
    return a->at < b->at || (a->at == b->at && a->contact < b->contact);
}

static void push(struct departure *heap, long *size, struct departure value) {
    long i = (*size)++;
    while (i > 0 && before(&value, &heap[(i - 1) / 2])) {
        heap[i] = heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    heap[i] = value;
}

static struct departure pop(struct departure *heap, long *size) {
    struct departure least = heap[0], value = heap[--*size];
    long i = 0, child = 1;
    while (child < *size) {
        if (child + 1 < *size && before(&heap[child + 1], &heap[child])) child++;
        if (!before(&heap[child], &value)) break;
        heap[i] = heap[child];
        i = child;
        child = 2 * i + 1;
    }
    heap[i] = value;
    return least;
}

/* order[g * types + i]: the types that group g serves, the most urgent first, then -1. outcome: 0 handled, 1 abandoned. */
void play(long n, long types, long groups, const int64_t *agents, const int64_t *order, const int64_t *kind,
          const int64_t *arrival, const int64_t *handle, const int64_t *patience, int64_t *outcome, int64_t *wait) {
    long all = 0, size = 0;
    for (long g = 0; g < groups; g++) all += agents[g];
    struct departure *heap = malloc((all + 1) * sizeof *heap);
    /* the moments since which agents are idle, the longest idle first: a ring a group */
    int64_t **idle = malloc(groups * sizeof *idle);
    long *first_idle = calloc(groups, sizeof *first_idle), *idlers = calloc(groups, sizeof *idlers);
    for (long g = 0; g < groups; g++) {
        idle[g] = calloc(agents[g] + 1, sizeof **idle);
        idlers[g] = agents[g];
    }
    /* contacts of a type in order of arrival are linked; those from head on may be waiting */
    int64_t *next = malloc((n + 1) * sizeof *next), *head = malloc(types * sizeof *head), *tail = malloc(types * sizeof *tail);
    for (long t = 0; t < types; t++) head[t] = tail[t] = -1;
    char *serves = calloc(types * groups, 1);
    for (long g = 0; g < groups; g++)
        for (long i = 0; i < types && order[g * types + i] >= 0; i++) serves[order[g * types + i] * groups + g] = 1;

    for (long i = 0; i < n || size;) {
        if (size && (i >= n || heap[0].at <= arrival[i])) {
            struct departure done = pop(heap, &size);
            int64_t now = done.at, answered = -1;
            long g = done.group;
            for (long k = 0; k < types && answered < 0; k++) {
                int64_t t = order[g * types + k];
                if (t < 0) break;
                while (head[t] >= 0 && answered < 0) {
                    int64_t c = head[t];
                    head[t] = next[c];
                    if (arrival[c] + patience[c] < now) {
                        outcome[c] = 1;
                        wait[c] = patience[c];
                    } else {
                        answered = c;
                    }
                }
            }
            if (answered >= 0) {
                outcome[answered] = 0;
                wait[answered] = now - arrival[answered];
                push(heap, &size, (struct departure){now + handle[answered], answered, g});
            } else {
                long at = first_idle[g] + idlers[g]++;
                idle[g][at >= agents[g] ? at - agents[g] : at] = now;
            }
        } else {
            int64_t t = kind[i], since = INT64_MAX;
            long best = -1;
            for (long g = 0; g < groups; g++)
                if (serves[t * groups + g] && idlers[g] && idle[g][first_idle[g]] < since) {
                    since = idle[g][first_idle[g]];
                    best = g;
                }
            if (best >= 0) {
                if (++first_idle[best] == agents[best]) first_idle[best] = 0;
                idlers[best]--;
                outcome[i] = 0;
                wait[i] = 0;
                push(heap, &size, (struct departure){arrival[i] + handle[i], i, best});
            } else {
                next[i] = -1;
                if (head[t] < 0) head[t] = i; else next[tail[t]] = i;
                tail[t] = i;
            }
            i++;
        }
    }
    for (long t = 0; t < types; t++) /* types that nobody serves */
        for (int64_t c = head[t]; c >= 0; c = next[c]) {
            outcome[c] = 1;
            wait[c] = patience[c];
        }
    for (long g = 0; g < groups; g++) free(idle[g]);
    free(heap); free(idle); free(first_idle); free(idlers); free(next); free(head); free(tail); free(serves);
}
