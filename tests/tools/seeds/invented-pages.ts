const firstPrompt = `# Paper Selection Prompt

You read papers.

## Relevant Topics

Keep gears.

1. Gear Trains
   - Relevant: worm drives.

## Scoring Criteria

> Two scores.

### Relevance Scoring

- Relevance 9-10
  - Focus: gears.

## Papers

[PAPER LIST HERE]

## Instructions

Write JSONL.`;

const papers = `**Table of contents with paper titles:**

1. [Gears [and] Wheels (II)](#user-content-link1)
**Authors:** Ada Moe, Bo D\\'ia

2. [Bearings](#user-content-link2)
**Authors:** Cy Ek

---

## 1. [Gears [and] Wheels (II)](https://arxiv.org/abs/2402.00001) <a id="link1"></a>

**ArXiv ID:** 2402.00001

**Authors:** Ada Moe, Bo D\\'ia

**Abstract:** We turn $x_1$.

Then we turn \\emph{back}.

**Comment:** It meets "gears".

**Relevance:** 10
**Novelty:** 8

---

## 2. [Bearings](https://arxiv.org/abs/2402.00002) <a id="link2"></a>

**ArXiv ID:** 2402.00002

**Authors:** Cy Ek

**Abstract:** Comment: none.

**Comment:** Fine.

**Relevance:** 7
**Novelty:** 6

---

`;

export const firstPage = `# Personalized Daily Arxiv Papers 02/05/2024

| *[gpt-4o]*   | Prompt   | Completion   | Total   |
|--------------|----------|--------------|---------|
| **Token**    | 41000    | 5000         | 46000   |
| **Cost**     | $0.1     | $0.05        | $0.15   |

Total ArXiv papers: 9

Total scanned papers: 5

Total relevant papers: 2

${papers}${firstPrompt}`;

export const remedialPage = `> This is a remedial run for missed papers from 02/02/2024 to 02/04/2024.
> 
> Results generated on 02/09/2024.

# Personalized Daily Arxiv Papers 2/5/2024

|  *[gpt-4o]*  |  Prompt  |  Completion  |  Total  |
|:------------:|:--------:|:------------:|:-------:|
|  **Token**   |  41000   |     5000     |  46000  |
|   **Cost**   |  $0.1    |    $0.05     |  $0.15  |

Total arXiv papers: 9

Total scanned papers: 9

Total relevant papers: 2

${papers}${firstPrompt}`;

export const textPage = `Previous Day 2024-02-02
Monthly Overview 2024-02
Next Day 2024-02-06

This is a remedial run for missed papers from 02/02/2024 to 02/04/2024.

Results generated on 02/09/2024.

Personalized Daily ArXiv Papers 2024-02-05

[gpt-4o] Prompt Completion Total
Token 41000 5000 46000
Cost $0.1 $0.05 $0.15

Total arXiv papers: 9

Total scanned papers: 9

Total relevant papers: 2

Table of contents with paper titles:

  1. Teeth Authors: Ada Moe, Bo Ek

  2. 2. Gears Authors: Cy Ek


1. Teeth

ArXiv ID: 2402.00003

Authors: Ada Moe, Bo Ek

Abstract: We bite.

Comment: Author match


2. 2. Gears

ArXiv ID: 2402.00001

Authors: Cy Ek

Abstract: 1. A list.

2. Its end.

Comment: Fine.

Relevance: 8 Novelty: 7


Paper Selection Prompt

You read papers.

Instructions

Write JSONL.

Scoring Criteria

Two scores.

Relevance Scoring

Papers

[PAPER LIST HERE]

Relevant Topics

Keep gears.

  1. Gear Trains - Relevant: worm drives.`;
